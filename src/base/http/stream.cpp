#include "stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <climits>

#include "result/result.h"
#include "socket_bio.h"

namespace dermaga::http {
namespace {

IoResult from_errno(IoStatus would_block) {
  if (errno == EAGAIN || errno == EWOULDBLOCK) {
    return {would_block};
  }
  return {IoStatus::kFailed};
}

int bounded(std::size_t bytes) {
  return static_cast<int>(bytes < INT_MAX ? bytes : INT_MAX);
}

}  // namespace

void SslDeleter::operator()(SSL* ssl) const {
  SSL_free(ssl);
}

Stream::Stream(int descriptor, SslPointer ssl) : descriptor_(descriptor), ssl_(std::move(ssl)) {
  BIO* bio = socket_bio(descriptor);
  SSL_set_bio(ssl_.get(), bio, bio);
}

IoResult Stream::explain(int result) const {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {IoStatus::kWantRead};
    case SSL_ERROR_WANT_WRITE:
      return {IoStatus::kWantWrite};
    case SSL_ERROR_ZERO_RETURN:
      return {IoStatus::kClosed};
    default:
      return {IoStatus::kFailed};
  }
}

IoResult Stream::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? IoResult{IoStatus::kDone} : explain(result);
}

IoResult Stream::read(char* into, std::size_t bytes_max) {
  if (ssl_ != nullptr) {
    ERR_clear_error();
    const int result = SSL_read(ssl_.get(), into, bounded(bytes_max));
    return result > 0 ? IoResult{IoStatus::kDone, static_cast<std::size_t>(result)}
                      : explain(result);
  }
  ssize_t result;
  do {
    result = ::recv(descriptor_, into, bytes_max, 0);
  } while (result < 0 && errno == EINTR);
  if (result > 0) {
    return {IoStatus::kDone, static_cast<std::size_t>(result)};
  }
  return result == 0 ? IoResult{IoStatus::kClosed} : from_errno(IoStatus::kWantRead);
}

IoResult Stream::write(const Parts& parts) {
  if (ssl_ != nullptr) {
    for (const std::string_view part : parts) {
      if (!part.empty()) {
        ERR_clear_error();
        const int result = SSL_write(ssl_.get(), part.data(), bounded(part.size()));
        return result > 0 ? IoResult{IoStatus::kDone, static_cast<std::size_t>(result)}
                          : explain(result);
      }
    }
    return {IoStatus::kDone};
  }
  std::array<iovec, std::tuple_size_v<Parts>> vectors;
  msghdr message{};
  message.msg_iov = vectors.data();
  for (const std::string_view part : parts) {
    if (!part.empty()) {
      vectors[message.msg_iovlen++] = {const_cast<char*>(part.data()), part.size()};
    }
  }
  ssize_t result;
  do {
    result = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
  } while (result < 0 && errno == EINTR);
  return result >= 0 ? IoResult{IoStatus::kDone, static_cast<std::size_t>(result)}
                     : from_errno(IoStatus::kWantWrite);
}

bool Stream::has_pending() const {
  return ssl_ != nullptr && SSL_has_pending(ssl_.get()) == 1;
}

void Stream::shutdown() {
  if (ssl_ != nullptr && SSL_is_init_finished(ssl_.get()) == 1) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
  ::shutdown(descriptor_, SHUT_WR);
}

IoResult Stream::discard() {
  char waste[4096];
  const ssize_t result = ::recv(descriptor_, waste, sizeof(waste), 0);
  if (result > 0) {
    return {IoStatus::kDone, static_cast<std::size_t>(result)};
  }
  return result == 0 ? IoResult{IoStatus::kClosed} : from_errno(IoStatus::kWantRead);
}

}  // namespace dermaga::http
