#include "authority/authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <filesystem>

#include "files/files.h"
#include "pki/pki.h"
#include "x509.h"

namespace dermaga::authority {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Store = std::unique_ptr<X509_STORE, Deleter<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Deleter<X509_STORE_CTX_free>>;

const UtcTime kStart = *parse_rfc3339("2026-11-22T08:00:00Z");

// OpenSSL's own verdict on a leaf under a CA, for a purpose, at a time; "ok" or its reason.
std::string verdict(const std::string& leaf_pem, const std::string& ca_pem, int purpose,
                    UtcTime at) {
  const auto leaf = parse_certificate(leaf_pem);
  const auto ca = parse_certificate(ca_pem);
  const Store store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), ca->get());
  const StoreContext context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), leaf->get(), nullptr);
  X509_STORE_CTX_set_purpose(context.get(), purpose);
  X509_STORE_CTX_set_time(context.get(), 0, static_cast<std::time_t>(to_unix_ms(at) / 1000));
  X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_X509_STRICT);
  X509_verify_cert(context.get());
  const int error = X509_STORE_CTX_get_error(context.get());
  return error == X509_V_OK ? "ok" : X509_verify_cert_error_string(error);
}

class AuthorityTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "authority_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Authority open(const std::string& name = "pki") {
    return Authority::open_or_create(folder_ + "/" + name, "toko", clock_).value();
  }
  std::string request() {
    return pki::make_request_pem(pki::generate_key_pem().value(), "dermaga://toko/private/admin")
        .value();
  }
  std::string text(const std::string& name) {
    return files::read_file(folder_ + "/" + name, 100'000).value_or("");
  }

  std::string folder_;
  ManualClock clock_{kStart};
  const Authority::Leaf edge_{.role_uri = "dermaga://toko/public/edge",
                              .dns_names = {"localhost"},
                              .addresses = {"127.0.0.1", "::1"},
                              .common_name = "edge 1",
                              .server = false,
                              .client = true};
};

TEST_F(AuthorityTest, LeavesVerifyUnderTheirCaForTheirUseOnly) {
  const Authority authority = open();
  const std::string leaf = authority.issue(request(), edge_).value();
  const std::string& ca = authority.certificate_pem();
  EXPECT_EQ(verdict(leaf, ca, X509_PURPOSE_SSL_CLIENT, kStart), "ok");
  EXPECT_THAT(verdict(leaf, ca, X509_PURPOSE_SSL_SERVER, kStart), HasSubstr("purpose"));
  EXPECT_EQ(verdict(leaf, ca, X509_PURPOSE_SSL_CLIENT, kStart - minutes(4)), "ok");
  EXPECT_THAT(verdict(leaf, ca, X509_PURPOSE_SSL_CLIENT, kStart - minutes(6)),
              HasSubstr("not yet valid"));
  EXPECT_EQ(verdict(leaf, ca, X509_PURPOSE_SSL_CLIENT, kStart + hours(24 * 7 - 1)), "ok");
  EXPECT_THAT(verdict(leaf, ca, X509_PURPOSE_SSL_CLIENT, kStart + hours(24 * 7 + 1)),
              HasSubstr("expired"));
  EXPECT_NE(verdict(leaf, open("other").certificate_pem(), X509_PURPOSE_SSL_CLIENT, kStart), "ok");
}

TEST_F(AuthorityTest, EveryNameComesFromTheLeafAndNoneFromTheRequest) {
  const Authority authority = open();
  Authority::Leaf both = edge_;
  both.server = true;
  const std::string pem = authority.issue(request(), both).value();
  const auto info = pki::read_certificate(pem).value();
  EXPECT_EQ(info.common_name, "edge 1");
  EXPECT_THAT(info.uris, ElementsAre("dermaga://toko/public/edge"));
  EXPECT_THAT(info.dns_names, ElementsAre("localhost"));
  const auto certificate = parse_certificate(pem).value();
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "::1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "10.0.0.1", 0), 0);
  EXPECT_EQ(X509_check_host(certificate.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_get_key_usage(certificate.get()), std::uint32_t{KU_DIGITAL_SIGNATURE});
  EXPECT_EQ(X509_get_extended_key_usage(certificate.get()),
            std::uint32_t{XKU_SSL_SERVER | XKU_SSL_CLIENT});
  EXPECT_EQ(X509_check_ca(certificate.get()), 0);
  EXPECT_THAT(pem, HasSubstr(authority.certificate_pem()));
}

TEST_F(AuthorityTest, TheCaSignsLeavesOnly) {
  const Authority authority = open();
  const auto ca = parse_certificate(authority.certificate_pem()).value();
  EXPECT_EQ(X509_check_ca(ca.get()), 1);
  EXPECT_EQ(X509_get_pathlen(ca.get()), 0);
  EXPECT_EQ(X509_get_key_usage(ca.get()), std::uint32_t{KU_KEY_CERT_SIGN | KU_CRL_SIGN});
}

TEST_F(AuthorityTest, SerialNumbersDiffer) {
  const Authority authority = open();
  const auto serial = [&] {
    return pki::read_certificate(authority.issue(request(), edge_).value())->serial_hex;
  };
  EXPECT_NE(serial(), serial());
}

TEST_F(AuthorityTest, RefusesWrongRequestsAndLeaves) {
  const Authority authority = open();
  EXPECT_THAT(authority.issue("garbage", edge_).error().message(), HasSubstr("not PEM"));
  EXPECT_THAT(authority.issue(std::string(70'000, 'x'), edge_).error().message(),
              HasSubstr("64 KiB"));
  Authority::Leaf leaf = edge_;
  leaf.dns_names = {"a,URI:dermaga://toko/private/admin"};
  EXPECT_THAT(authority.issue(request(), leaf).error().message(), HasSubstr("plain characters"));
  leaf = edge_;
  leaf.addresses = {"not-an-address"};
  EXPECT_EQ(authority.issue(request(), leaf).error().code(), ErrorCode::kInvalidArgument);
  leaf = edge_;
  leaf.client = false;
  EXPECT_THAT(authority.issue(request(), leaf).error().message(), HasSubstr("server or a client"));
  leaf = edge_;
  leaf.common_name = "";
  EXPECT_THAT(authority.issue(request(), leaf).error().message(), HasSubstr("common name"));
  EXPECT_THAT(authority.issue(request(), {.common_name = "x", .client = true}).error().message(),
              HasSubstr("needs a role URI"));
}

// A request whose signature was made by another key than the one it carries.
TEST_F(AuthorityTest, RefusesRequestsThatDoNotProveTheirKey) {
  const auto victim = parse_request(request()).value();
  const auto thief = parse_key(pki::generate_key_pem().value()).value();
  X509_REQ_sign(victim.get(), thief.get(), EVP_sha256());
  char* bytes = nullptr;
  const std::unique_ptr<BIO, Deleter<BIO_free_all>> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(bio.get(), victim.get());
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  const auto refused = open().issue(std::string(bytes, static_cast<std::size_t>(size)), edge_);
  EXPECT_THAT(refused.error().message(), HasSubstr("signature"));
}

TEST_F(AuthorityTest, ReopensWhatItMade) {
  const std::string first = open().certificate_pem();
  EXPECT_EQ(open().certificate_pem(), first);
  struct stat status{};
  ASSERT_EQ(::stat((folder_ + "/pki/ca.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(AuthorityTest, ReopeningFindsWhatIsWrong) {
  open();
  open("other");
  const auto reopened = [&] {
    return Authority::open_or_create(folder_ + "/pki", "toko", clock_).error();
  };
  ::chmod((folder_ + "/pki/ca.key").c_str(), 0644);
  EXPECT_EQ(reopened().code(), ErrorCode::kForbidden);
  std::filesystem::remove(folder_ + "/pki/ca.key");
  EXPECT_THAT(reopened().message(), HasSubstr("restore it from a backup"));
  std::filesystem::copy(folder_ + "/other/ca.key", folder_ + "/pki/ca.key");
  EXPECT_THAT(reopened().message(), HasSubstr("is not the key of"));
}

TEST_F(AuthorityTest, LeafFilesAreKeptUntilTheyGetOld) {
  const Authority authority = open();
  ASSERT_TRUE(authority.ensure_leaf_files(folder_ + "/edge-1", "edge", edge_).has_value());
  const std::string first = text("edge-1/edge.crt");
  EXPECT_TRUE(pki::key_matches(first, text("edge-1/edge.key")));
  clock_.advance(hours(23));
  ASSERT_TRUE(authority.ensure_leaf_files(folder_ + "/edge-1", "edge", edge_).has_value());
  EXPECT_EQ(text("edge-1/edge.crt"), first);
  clock_.advance(hours(2));
  ASSERT_TRUE(authority.ensure_leaf_files(folder_ + "/edge-1", "edge", edge_).has_value());
  EXPECT_NE(text("edge-1/edge.crt"), first);
  EXPECT_TRUE(pki::key_matches(text("edge-1/edge.crt"), text("edge-1/edge.key")));
}

TEST_F(AuthorityTest, AHalfWrittenPairIsMadeAgain) {
  const Authority authority = open();
  Authority::Leaf server{.dns_names = {"localhost"}, .common_name = "shop", .server = true};
  ASSERT_TRUE(authority.ensure_leaf_files(folder_ + "/tls", "shop", server).has_value());
  const std::string first = text("tls/shop.crt");
  ASSERT_TRUE(
      files::write_file_atomically(folder_ + "/tls/shop.key", pki::generate_key_pem().value(), 0600)
          .has_value());
  ASSERT_TRUE(authority.ensure_leaf_files(folder_ + "/tls", "shop", server).has_value());
  EXPECT_NE(text("tls/shop.crt"), first);
  EXPECT_TRUE(pki::key_matches(text("tls/shop.crt"), text("tls/shop.key")));
}

TEST_F(AuthorityTest, APairOfAnotherAuthorityOrForOtherNamesIsMadeAgain) {
  const auto stranger =
      Authority::open_or_create(folder_ + "/stranger", "stranger", clock_).value();
  ASSERT_TRUE(stranger.ensure_leaf_files(folder_ + "/edge-1", "edge", edge_).has_value());
  const std::string foreign = text("edge-1/edge.crt");
  const Authority authority = open();
  ASSERT_TRUE(authority.ensure_leaf_files(folder_ + "/edge-1", "edge", edge_).has_value());
  const std::string ours = text("edge-1/edge.crt");
  EXPECT_NE(ours, foreign);
  Authority::Leaf renamed = edge_;
  renamed.dns_names.push_back("shop.example");
  ASSERT_TRUE(authority.ensure_leaf_files(folder_ + "/edge-1", "edge", renamed).has_value());
  EXPECT_NE(text("edge-1/edge.crt"), ours);
}

}  // namespace
}  // namespace dermaga::authority
