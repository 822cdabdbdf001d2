# Every third-party library, found once; deploy/debian-packages.txt names the packages.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(OpenSSL 3.0 REQUIRED)
find_package(CURL 7.88 REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(simdjson CONFIG REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(GTest REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(FIDO2 REQUIRED IMPORTED_TARGET libfido2)
pkg_check_modules(OATH REQUIRED IMPORTED_TARGET liboath)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(BROTLI REQUIRED IMPORTED_TARGET libbrotlienc libbrotlidec)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(XAPIAN REQUIRED IMPORTED_TARGET xapian-core)
find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)

# Asio in epoll mode, without the deprecated names; separate from Boost::headers so that only the
# few modules that do I/O see it.
add_library(dermaga_asio INTERFACE)
target_link_libraries(dermaga_asio INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(dermaga_asio INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE BOOST_BEAST_USE_STD_STRING_VIEW)

# The header of PKCS#11 alone: the library of a token is loaded where a shop's settings name one.
pkg_check_modules(P11_KIT REQUIRED p11-kit-1)
add_library(dermaga_pkcs11 INTERFACE)
target_include_directories(dermaga_pkcs11 SYSTEM INTERFACE ${P11_KIT_INCLUDE_DIRS})
target_link_libraries(dermaga_pkcs11 INTERFACE ${CMAKE_DL_LIBS})
