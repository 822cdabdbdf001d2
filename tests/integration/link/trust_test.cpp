// Who gets in, and what each may do.
#include <future>
#include <set>
#include <thread>

#include "files/files.h"
#include "fixture.h"
#include "pki/pki.h"
#include "raw_client.h"
#include "wire/messages.h"

namespace dermaga::link_test {
namespace {

class Trust : public LinkTest {
 protected:
  void SetUp() override { start_server(); }

  TlsResult attempt(const std::string& certificate, int version_min, int version_max) {
    return try_tls({.port = server->port(),
                    .ca_file = certificates.ca_file(),
                    .certificate = certificate,
                    .version_min = version_min,
                    .version_max = version_max});
  }
};

TEST_F(Trust, Tls13IsAcceptedAndTls12IsNot) {
  const std::string edge = certificates.path("edge");
  const TlsResult tls13 = attempt(edge, TLS1_3_VERSION, TLS1_3_VERSION);
  EXPECT_TRUE(tls13.accepted);
  EXPECT_EQ(tls13.version, TLS1_3_VERSION);
  for (const int version : {TLS1_2_VERSION, TLS1_1_VERSION, TLS1_VERSION}) {
    const TlsResult older = attempt(edge, version, version);
    EXPECT_FALSE(older.accepted) << version;
    EXPECT_EQ(older.version, 0) << "the handshake must fail, not the call";
  }
  EXPECT_EQ(attempt(edge, TLS1_2_VERSION, TLS1_3_VERSION).version, TLS1_3_VERSION);
}

TEST_F(Trust, OnlyLivingClientCertificatesOfThisShopGetIn) {
  ManualClock long_ago(system_clock().now() - std::chrono::hours(24 * 20));
  ManualClock later(system_clock().now() + std::chrono::hours(24));
  const std::string role = "dermaga://toko/public/edge";
  const struct {
    const char* name;
    std::string certificate;
    bool accepted;
  } cases[] = {
      {"an edge", certificates.issue("good", {.role_uri = role}), true},
      {"no certificate", "", false},
      {"another CA of the same name",
       certificates.issue("foreign", {.role_uri = role, .foreign = true}), false},
      {"expired", certificates.issue("old", {.role_uri = role, .clock = &long_ago}), false},
      {"not valid yet", certificates.issue("early", {.role_uri = role, .clock = &later}), false},
      {"for servers only",
       certificates.issue("server", {.role_uri = role, .server = true, .client = false}), false},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(attempt(one.certificate, TLS1_3_VERSION, TLS1_3_VERSION).accepted, one.accepted)
        << one.name;
  }
}

// The whole table again, so that a change there is a change here.
const std::map<std::string, std::set<std::string>> kMayCall = {
    {"public/edge",
     {"Catalog/Watch", "Catalog/GetAsset", "Orders/Place", "Orders/View", "Sealed/Call",
      "Capacity/Watch", "Keys/Get", "Certificates/Renew", "Audit/Witness"}},
    {"public/spool", {"Orders/Deliver", "Leases/Exchange", "Capacity/Watch", "Certificates/Renew"}},
    {"public/probe", {"Catalog/Watch", "Certificates/Renew"}},
    {"public/recommender", {}},
    {"operator/owner", {}},
    {"private/catalog", {}},
};

TEST_F(Trust, EveryRoleMayCallWhatTheTableSaysAndNothingElse) {
  const std::string prefix = "/dermaga.link.v1.";
  for (const auto& [role, allowed] : kMayCall) {
    const RawClient client(server->port(), certificates.ca_file(), certificates.issue_role(role));
    for (const std::string& method : wire::method_names()) {
      const auto status = client.call(method, "", milliseconds(400));
      const bool denied = status.error_code() == grpc::StatusCode::PERMISSION_DENIED;
      EXPECT_NE(status.error_code(), grpc::StatusCode::UNAVAILABLE) << role << " " << method;
      EXPECT_EQ(denied, !allowed.contains(method.substr(prefix.size())))
          << role << " " << method << ": " << status.error_message();
    }
    EXPECT_EQ(client.call(prefix + "Orders/Delete", "").error_code(),
              grpc::StatusCode::PERMISSION_DENIED);
  }
}

TEST_F(Trust, WithoutARoleOfThisShopNothingMayBeCalled) {
  const std::string cases[] = {
      certificates.issue("roleless", {}),
      certificates.issue("stranger", {.role_uri = "dermaga://other/public/edge"}),
  };
  for (const std::string& certificate : cases) {
    const RawClient client(server->port(), certificates.ca_file(), certificate);
    for (const std::string& method : wire::method_names()) {
      EXPECT_EQ(client.call(method, "").error_code(), grpc::StatusCode::PERMISSION_DENIED)
          << certificate << " " << method;
    }
  }
}

std::string serial_of(const Certificates& certificates, const std::string& name) {
  return pki::read_certificate(files::read_file(certificates.path(name) + ".crt", 1 << 20).value())
      ->serial_hex;
}

// Its open stream ends too, and renewing is no way out; nobody else notices.
TEST_F(Trust, ARevokedCertificateMayDoNothingAnyMore) {
  const std::string stolen =
      certificates.issue("stolen", {.role_uri = "dermaga://toko/public/edge"});
  const RawClient thief(server->port(), certificates.ca_file(), stolen);
  const RawClient other(server->port(), certificates.ca_file(), certificates.path("edge"));
  const std::string watch = "/dermaga.link.v1.Capacity/Watch";
  EXPECT_EQ(thief.call(watch, "", milliseconds(300)).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  auto open_stream = std::async(std::launch::async,
                                [&] { return thief.call(watch, "", std::chrono::seconds(20)); });
  auto others_stream = std::async(std::launch::async,
                                  [&] { return other.call(watch, "", std::chrono::seconds(3)); });
  std::this_thread::sleep_for(milliseconds(300));
  revoked->replace({serial_of(certificates, "stolen")});
  ASSERT_EQ(open_stream.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_NE(open_stream.get().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(others_stream.get().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  for (const std::string& method : wire::method_names()) {
    EXPECT_EQ(thief.call(method, "").error_code(), grpc::StatusCode::PERMISSION_DENIED) << method;
  }
  EXPECT_EQ(other.call("/dermaga.link.v1.Keys/Get", "").error_code(), grpc::StatusCode::OK);
  revoked->replace({});
  EXPECT_EQ(thief.call("/dermaga.link.v1.Keys/Get", "").error_code(), grpc::StatusCode::OK);
}

TEST_F(Trust, MalformedMessagesAreInvalidArguments) {
  const RawClient client(server->port(), certificates.ca_file(), certificates.path("edge"));
  for (const std::string& name : kMayCall.at("public/edge")) {
    const std::string method = "/dermaga.link.v1." + name;
    const auto status = client.call(method, "\xff\xff\xff\xff");
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
        << method << ": " << status.error_message();
  }
  auto order = make_order(1);
  order.lines[0].quantity = 0;
  const auto status = client.call("/dermaga.link.v1.Orders/Place",
                                  wire::encode(wire::PlaceBatch{1, {make_order(2), order}}));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "lines.quantity: out of range");
  EXPECT_TRUE(core->batch_sizes().empty());
}

TEST_F(Trust, ASpoolDeliversAndExchangesItsLease) {
  const RawClient client(server->port(), certificates.ca_file(),
                         certificates.issue_role("public/spool"));
  for (const std::string method : {"Orders/Deliver", "Leases/Exchange"}) {
    EXPECT_EQ(client.call("/dermaga.link.v1." + method, "\xff\xff\xff\xff").error_code(),
              grpc::StatusCode::INVALID_ARGUMENT)
        << method;
  }
  const contract::Delivery delivery{.spool_id = "spool-1",
                                    .orders = {{.order = make_order(1), .lease_epoch = 0}}};
  EXPECT_TRUE(client.call("/dermaga.link.v1.Orders/Deliver", wire::encode(delivery)).ok());
  const contract::LeaseRequest request{.spool_id = "spool-1", .log_id = std::string(32, 'a')};
  EXPECT_TRUE(client.call("/dermaga.link.v1.Leases/Exchange", wire::encode(request)).ok());
}

TEST_F(Trust, OversizedMessagesAreRefused) {
  const RawClient client(server->port(), certificates.ca_file(), certificates.path("edge"));
  const auto status =
      client.call("/dermaga.link.v1.Sealed/Call", std::string(17 * 1024 * 1024, 'x'));
  EXPECT_FALSE(status.ok());
  EXPECT_TRUE(client.call("/dermaga.link.v1.Keys/Get", "").ok()) << "the server goes on";
}

TEST_F(Trust, AnEdgeDoesNotTalkToAnotherCore) {
  options.server_name = "core.other";
  start_link();
  std::this_thread::sleep_for(seconds(1));
  EXPECT_FALSE(link->connected());
}

TEST_F(Trust, TheServersCertificateIsReloadedWithoutDroppingAnyone) {
  start_link();
  ASSERT_TRUE(recorder->wait_connected(true));
  const std::string edge = certificates.path("edge");
  const std::string before = attempt(edge, TLS1_3_VERSION, TLS1_3_VERSION).server_serial;
  certificates.issue("core",
                     {.role_uri = "dermaga://toko/private/core", .server = true, .client = false});
  std::string after = before;
  for (int i = 0; i < 50 && (after == before || after.empty()); ++i) {
    std::this_thread::sleep_for(milliseconds(200));
    after = attempt(edge, TLS1_3_VERSION, TLS1_3_VERSION).server_serial;
  }
  EXPECT_NE(after, before);
  EXPECT_TRUE(place(make_order(1)).get().has_value());
  EXPECT_EQ(recorder->disconnects, 0);
}

TEST_F(Trust, APortInUseIsSaid) {
  const auto second = core_end::LinkServer::start(server_options(server->port()), core, core);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code(), ErrorCode::kAlreadyExists);
}

TEST_F(Trust, UnusableFilesAreSaidAtTheStart) {
  auto missing = server_options(0);
  missing.certificate_file = certificates.path("nothing.crt");
  EXPECT_EQ(core_end::LinkServer::start(missing, core, core).error().code(), ErrorCode::kNotFound);
  auto mixed = server_options(0);
  mixed.private_key_file = certificates.path("edge.key");
  EXPECT_EQ(core_end::LinkServer::start(mixed, core, core).error().code(),
            ErrorCode::kInvalidArgument);
  auto edge = options;
  edge.private_key_file = certificates.path("core.key");
  EXPECT_EQ(edge_end::Link::start(edge, 0, recorder).error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace dermaga::link_test
