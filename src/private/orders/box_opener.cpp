#include "orders/ports.h"

namespace dermaga::orders {
namespace {

class KeyringOpener final : public BoxOpener {
 public:
  explicit KeyringOpener(const order_box::SealingKeyring& keyring) : keyring_(keyring) {}

  std::variant<order_box::OpenedOrder, order_box::BoxRefusal> open_order(
      const contract::PlaceOrder& order) override {
    return order_box::open_order(keyring_, order);
  }

 private:
  const order_box::SealingKeyring& keyring_;
};

}  // namespace

std::unique_ptr<BoxOpener> make_box_opener(const order_box::SealingKeyring& keyring) {
  return std::make_unique<KeyringOpener>(keyring);
}

}  // namespace dermaga::orders
