#include "orders/ports.h"

namespace dermaga::orders {
namespace {

class KeyringOpener final : public BoxOpener {
 public:
  KeyringOpener(const order_box::SealingKeyring& keyring, Random& random)
      : keyring_(keyring), random_(random) {}

  std::variant<order_box::OpenedOrder, order_box::BoxRefusal> open_order(
      const contract::PlaceOrder& order) override {
    return order_box::open_order(keyring_, order);
  }
  std::variant<order_box::OpenedCall, order_box::BoxRefusal> open_call(
      std::string_view box, UtcTime received_at) override {
    return order_box::open_call(keyring_, box, received_at);
  }
  Result<std::string> seal_answer(const sealing::PublicKey& reply_key, order_box::CallMethod method,
                                  std::string_view result_json) override {
    return order_box::seal_answer(reply_key, method, result_json, random_);
  }

 private:
  const order_box::SealingKeyring& keyring_;
  Random& random_;
};

}  // namespace

std::unique_ptr<BoxOpener> make_box_opener(const order_box::SealingKeyring& keyring,
                                           Random& random) {
  return std::make_unique<KeyringOpener>(keyring, random);
}

}  // namespace dermaga::orders
