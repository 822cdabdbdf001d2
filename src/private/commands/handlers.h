#pragma once

#include <string>
#include <vector>

#include "admin/admin_socket.h"
#include "audit/audit.h"
#include "shop/shop.h"

namespace dermaga::commands {

// One function per command; `words` are all of its words, `actor` is who gave
// it. The error becomes the command's message.
Status import_file(shop::Shop& shop, const std::vector<std::string>& words,
                   const audit::Actor& actor, admin::Output& output);
Status orders_list(shop::Shop& shop, const std::vector<std::string>& words,
                   const audit::Actor& actor, admin::Output& output);
Status orders_declined(shop::Shop& shop, const std::vector<std::string>& words,
                       const audit::Actor& actor, admin::Output& output);
Status orders_show(shop::Shop& shop, const std::vector<std::string>& words,
                   const audit::Actor& actor, admin::Output& output);
Status orders_cancel(shop::Shop& shop, const std::vector<std::string>& words,
                     const audit::Actor& actor, admin::Output& output);
Status orders_refund(shop::Shop& shop, const std::vector<std::string>& words,
                     const audit::Actor& actor, admin::Output& output);
Status orders_fulfil(shop::Shop& shop, const std::vector<std::string>& words,
                     const audit::Actor& actor, admin::Output& output);
Status stock_list(shop::Shop& shop, const std::vector<std::string>& words,
                  const audit::Actor& actor, admin::Output& output);
Status stock_adjust(shop::Shop& shop, const std::vector<std::string>& words,
                    const audit::Actor& actor, admin::Output& output);
Status certificates_list(shop::Shop& shop, const std::vector<std::string>& words,
                         const audit::Actor& actor, admin::Output& output);
Status certificates_revoke(shop::Shop& shop, const std::vector<std::string>& words,
                           const audit::Actor& actor, admin::Output& output);
Status leases_list(shop::Shop& shop, const std::vector<std::string>& words,
                   const audit::Actor& actor, admin::Output& output);
Status leases_abandon(shop::Shop& shop, const std::vector<std::string>& words,
                      const audit::Actor& actor, admin::Output& output);
Status keys_rotate_sealing(shop::Shop& shop, const std::vector<std::string>& words,
                           const audit::Actor& actor, admin::Output& output);

Status keys_status(shop::Shop& shop, const std::vector<std::string>& words,
                   const audit::Actor& actor, admin::Output& output);
Status keys_rotate(shop::Shop& shop, const std::vector<std::string>& words,
                   const audit::Actor& actor, admin::Output& output);
Status keys_rewrap(shop::Shop& shop, const std::vector<std::string>& words,
                   const audit::Actor& actor, admin::Output& output);
Status keys_move_root(shop::Shop& shop, const std::vector<std::string>& words,
                      const audit::Actor& actor, admin::Output& output);
Status keys_destroy(shop::Shop& shop, const std::vector<std::string>& words,
                    const audit::Actor& actor, admin::Output& output);
Status customers_show(shop::Shop& shop, const std::vector<std::string>& words,
                      const audit::Actor& actor, admin::Output& output);
Status customers_export(shop::Shop& shop, const std::vector<std::string>& words,
                        const audit::Actor& actor, admin::Output& output);
Status customers_erase(shop::Shop& shop, const std::vector<std::string>& words,
                       const audit::Actor& actor, admin::Output& output);
Status audit_list(shop::Shop& shop, const std::vector<std::string>& words,
                  const audit::Actor& actor, admin::Output& output);
Status audit_export(shop::Shop& shop, const std::vector<std::string>& words,
                    const audit::Actor& actor, admin::Output& output);
Status audit_verify(shop::Shop& shop, const std::vector<std::string>& words,
                    const audit::Actor& actor, admin::Output& output);
Status audit_checkpoint(shop::Shop& shop, const std::vector<std::string>& words,
                        const audit::Actor& actor, admin::Output& output);
Status audit_key(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor& actor,
                 admin::Output& output);

Status probe_accept(shop::Shop& shop, const std::vector<std::string>& words,
                    const audit::Actor& actor, admin::Output& output);
Status probe_run(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor& actor,
                 admin::Output& output);
Status probe_show(shop::Shop& shop, const std::vector<std::string>& words,
                  const audit::Actor& actor, admin::Output& output);

Status card_vault_show(shop::Shop& shop, const std::vector<std::string>& words,
                       const audit::Actor& actor, admin::Output& output);
Status card_vault_clear(shop::Shop& shop, const std::vector<std::string>& words,
                        const audit::Actor& actor, admin::Output& output);
Status retention_show(shop::Shop& shop, const std::vector<std::string>& words,
                      const audit::Actor& actor, admin::Output& output);
Status retention_run(shop::Shop& shop, const std::vector<std::string>& words,
                     const audit::Actor& actor, admin::Output& output);

Status approvals_list(shop::Shop& shop, const std::vector<std::string>& words,
                      const audit::Actor& actor, admin::Output& output);
Status approvals_refuse(shop::Shop& shop, const std::vector<std::string>& words,
                        const audit::Actor& actor, admin::Output& output);
Status approvals_withdraw(shop::Shop& shop, const std::vector<std::string>& words,
                          const audit::Actor& actor, admin::Output& output);

Status staff_owner_link(shop::Shop& shop, const std::vector<std::string>& words,
                        const audit::Actor& actor, admin::Output& output);
Status staff_list(shop::Shop& shop, const std::vector<std::string>& words,
                  const audit::Actor& actor, admin::Output& output);
Status staff_invite(shop::Shop& shop, const std::vector<std::string>& words,
                    const audit::Actor& actor, admin::Output& output);
Status staff_reinvite(shop::Shop& shop, const std::vector<std::string>& words,
                      const audit::Actor& actor, admin::Output& output);
Status staff_disable(shop::Shop& shop, const std::vector<std::string>& words,
                     const audit::Actor& actor, admin::Output& output);
Status staff_enable(shop::Shop& shop, const std::vector<std::string>& words,
                    const audit::Actor& actor, admin::Output& output);

}  // namespace dermaga::commands
