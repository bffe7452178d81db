#include "agent/http/web_server.h"

#include <httplib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "agent/core/listen.h"
#include "agent/http/bounded_stream.h"

namespace vitals {
namespace {

constexpr int kThreads = 4;

// The library's own listening is not used: it sets SO_REUSEPORT, has no limit for the whole of a
// request, and its stop waits for the slowest client. What is used is its protocol: one request is
// read from a stream and answered.
class Protocol final : public httplib::Server {
 public:
  explicit Protocol(Sources sources) : sources_(std::move(sources)) {
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      Answer(request, response);
      return HandlerResponse::Handled;
    });
  }

  // False if there was no request to answer.
  bool Serve(httplib::Stream& stream) {
    bool closed = false;
    // A list of ranges could make a short request a very long answer.
    return process_request(stream, true, closed,
                           [](httplib::Request& request) { request.ranges.clear(); });
  }

 private:
  void Answer(const httplib::Request& request, httplib::Response& response) const {
    response.set_header("Cache-Control", "no-store");
    response.set_header("X-Content-Type-Options", "nosniff");
    response.set_header("Content-Security-Policy",
                        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    WebAnswer answer;
    if (request.method != "GET" && request.method != "HEAD") {
      response.set_header("Allow", "GET, HEAD");
      answer = {405, answer.type, "only GET and HEAD\n"};
    } else {
      try {
        answer = AnswerWeb(request.path, sources_);
      } catch (...) {
        answer = {500, WebAnswer().type, "internal error\n"};
      }
    }
    response.status = answer.status;
    response.set_content(answer.body, std::string(answer.type));
  }

  Sources sources_;
};

}  // namespace

class WebServer::Impl {
 public:
  Impl(Fd listener, Fd stop, Sources sources)
      : listener_(std::move(listener)), stop_(std::move(stop)), protocol_(std::move(sources)) {
    for (int i = 0; i < kThreads; ++i) {
      threads_.emplace_back([this] { Run(); });
      pthread_setname_np(threads_.back().native_handle(), "web");
    }
  }
  ~Impl() { Stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Address bound() const { return BoundAddress(listener_.get()); }

  void Stop() {
    const std::uint64_t one = 1;  // never read: it stays readable for all threads
    [[maybe_unused]] const auto written = ::write(stop_.get(), &one, sizeof one);
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    listener_.Close();
  }

 private:
  void Run() {
    std::array<pollfd, 2> fds{{{listener_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    for (;;) {
      if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) return;
      if (fds[1].revents != 0) return;
      Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (fd) {
        Serve(std::move(fd));
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        ::poll(&fds[1], 1, 100);  // the listener stays readable: wait for better times
      }
    }
  }

  void Serve(Fd fd) {
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    BoundedStream stream(std::move(fd), stop_.get());
    try {
      if (protocol_.Serve(stream)) stream.Finish();
    } catch (...) {
      // Out of memory at worst: the connection is closed without an answer.
    }
  }

  Fd listener_;
  Fd stop_;
  Protocol protocol_;
  std::vector<std::thread> threads_;
};

Result<std::unique_ptr<WebServer>> WebServer::Start(Fd listener, Sources sources) {
  // Whoever connects and says nothing is kept by the kernel, not by a thread of ours (tcp(7)).
  const int seconds = 1;
  ::setsockopt(listener.get(), IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
  Fd stop(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!stop) {
    return Fail(std::string("no descriptor for the web surface: ") + std::strerror(errno),
                "--web-listen", "raise the limit of open files");
  }
  return std::unique_ptr<WebServer>(new WebServer(
      std::make_unique<Impl>(std::move(listener), std::move(stop), std::move(sources))));
}

WebServer::WebServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WebServer::~WebServer() = default;
Address WebServer::bound() const { return impl_->bound(); }
void WebServer::Stop() { impl_->Stop(); }

}  // namespace vitals
