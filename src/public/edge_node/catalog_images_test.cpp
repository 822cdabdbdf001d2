#include "catalog_images.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <future>

#include "digest/digest.h"
#include "encoding/encoding.h"

namespace dermaga::edge_node {
namespace {

using namespace std::chrono_literals;

// Has no image; a fetch from the thread of the images itself waits until the test lets it go on.
class BlockingLink final : public EdgeLink {
 public:
  bool connected() const override { return true; }
  void place(contract::PlaceOrder, std::function<void(Result<contract::PlaceOutcome>)>) override {}
  void order_view(OrderId, std::string, std::function<void(Result<contract::OrderView>)>) override {
  }
  void sealed_call(std::string, UtcTime,
                   std::function<void(Result<contract::SealedAnswer>)>) override {}
  void fetch_asset(std::string, std::function<void(Result<contract::Asset>)> done) override {
    done(make_error(ErrorCode::kUnavailable, "down"));
    if (std::this_thread::get_id() != test_thread && !has_blocked.exchange(true)) {
      blocked.set_value();
      go_on.get_future().wait();
    }
  }

  const std::thread::id test_thread = std::this_thread::get_id();
  std::atomic<bool> has_blocked = false;
  std::promise<void> blocked;
  std::promise<void> go_on;
};

std::shared_ptr<const catalog_view::View> view_with_images(std::size_t count,
                                                           const std::string& folder) {
  contract::CatalogSnapshot snapshot;
  snapshot.version = 1;
  snapshot.shop_id = "dermaga";
  snapshot.shop_name = "Dermaga";
  snapshot.locales = {"id"};
  snapshot.rules.currency = Currency::parse("IDR").value();
  product::Product coffee;
  coffee.id = ProductId::parse("prod_gayo").value();
  coffee.handle = "kopi-gayo";
  coffee.title = {{"id", "Kopi Gayo"}};
  product::Variant variant;
  variant.id = VariantId::parse("var_gayo").value();
  variant.price = Money(95'000, snapshot.rules.currency);
  coffee.variants = {variant};
  for (std::size_t i = 0; i < count; ++i) {
    product::Image image;
    image.sha256_hex = encoding::hex(digest::sha256(std::to_string(i)));
    image.content_type = "image/png";
    coffee.images.push_back(image);
  }
  snapshot.assortment.products = {coffee};
  return catalog_view::View::build(std::move(snapshot), {.search_folder = folder}).value();
}

// The thread holds a reference while it asks for an image: without stop() it would be the one that
// destroys the object, and wait for itself.
TEST(CatalogImages, OwnerLetsGoWhileTheThreadFetches) {
  const std::string folder = testing::TempDir() + "catalog_images." + std::to_string(getpid());
  std::filesystem::create_directories(folder);
  BlockingLink link;
  auto images = std::make_shared<CatalogImages>(folder, link);
  images->use(*view_with_images(3 * CatalogImages::kFetchesMax, folder));
  ASSERT_EQ(link.blocked.get_future().wait_for(10s), std::future_status::ready);
  auto owner = std::async(std::launch::async, [images = std::move(images)]() mutable {
    images->stop();
    images.reset();
  });
  EXPECT_EQ(owner.wait_for(100ms), std::future_status::timeout);
  link.go_on.set_value();
  EXPECT_EQ(owner.wait_for(10s), std::future_status::ready);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace dermaga::edge_node
