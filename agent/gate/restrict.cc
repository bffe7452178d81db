#include "agent/gate/restrict.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>

namespace vitals {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kMachine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kMachine = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kMachine = 0;  // its numbers are not known here
#endif

constexpr std::array<std::uint32_t, 45> kNever{
    __NR_ptrace,
    __NR_process_vm_readv,
    __NR_process_vm_writev,
    __NR_kcmp,
    __NR_mount,
    __NR_umount2,
    __NR_pivot_root,
    __NR_chroot,
    __NR_move_mount,
    __NR_open_tree,
    __NR_fsopen,
    __NR_fsmount,
    __NR_unshare,
    __NR_init_module,
    __NR_finit_module,
    __NR_delete_module,
    __NR_kexec_load,
    __NR_kexec_file_load,
    __NR_reboot,
    __NR_swapon,
    __NR_swapoff,
    __NR_bpf,
    __NR_perf_event_open,
    __NR_userfaultfd,
    __NR_keyctl,
    __NR_add_key,
    __NR_request_key,
    __NR_settimeofday,
    __NR_clock_settime,
    __NR_adjtimex,
    __NR_clock_adjtime,
    __NR_acct,
    __NR_quotactl,
    __NR_sethostname,
    __NR_setdomainname,
    __NR_syslog,
    __NR_vhangup,
    __NR_personality,
    __NR_open_by_handle_at,
    __NR_name_to_handle_at,
    __NR_fanotify_init,
    __NR_io_uring_setup,
    __NR_io_uring_enter,
    __NR_io_uring_register,
    __NR_setns,
};
constexpr std::array<std::uint32_t, 2> kNoProgram{__NR_execve, __NR_execveat};
constexpr std::array<std::uint32_t, 4> kFamilies{AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

// A program of the classic BPF machine, built without allocation.
class Filter {
 public:
  Filter() {
    Load(offsetof(seccomp_data, arch));
    // Calls by another machine's numbers (32 bits, x32) would slip through.
    Add({BPF_JMP | BPF_JEQ | BPF_K, 1, 0, kMachine});
    Refuse();
    Load(offsetof(seccomp_data, nr));
    constexpr std::uint32_t kX32 = 0x40000000;
    Add({BPF_JMP | BPF_JGE | BPF_K, 0, 1, kX32});
    Refuse();
  }

  void Refuse(std::span<const std::uint32_t> calls) {
    for (const std::uint32_t call : calls) {
      Add({BPF_JMP | BPF_JEQ | BPF_K, 0, 1, call});
      Refuse();
    }
  }

  void AllowFamilies(std::span<const std::uint32_t> families) {
    // Any other call skips the families, the load before them and the refusal after them.
    const auto skip = static_cast<std::uint8_t>(2 * families.size() + 2);
    Add({BPF_JMP | BPF_JEQ | BPF_K, 0, skip, __NR_socket});
    Load(offsetof(seccomp_data, args));
    for (const std::uint32_t family : families) {
      Add({BPF_JMP | BPF_JEQ | BPF_K, 0, 1, family});
      Allow();
    }
    Refuse();
  }

  Result<void> Install() {
    Allow();
    const sock_fprog program{static_cast<unsigned short>(size_), code_.data()};
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0) return {};
    return Fail(std::string("no filter of system calls: ") + std::strerror(errno), "seccomp");
  }

 private:
  void Add(sock_filter instruction) { code_[size_++] = instruction; }
  void Load(std::size_t offset) {
    Add({BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)});
  }
  void Refuse() { Add({BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM}); }
  void Allow() { Add({BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}); }

  std::array<sock_filter, 128> code_{};
  std::size_t size_ = 0;
};

Result<void> Restrict(Filter& filter) {
  if constexpr (kMachine == 0) return Fail("no filter of system calls for this machine", "seccomp");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return Fail(std::string("privileges can't be given up: ") + std::strerror(errno), "prctl");
  }
  return filter.Install();
}

}  // namespace

Result<void> RestrictGate() {
  Filter filter;
  filter.Refuse(kNever);
  filter.AllowFamilies(kFamilies);
  return Restrict(filter);
}

Result<void> RestrictWorker() {
  Filter filter;
  filter.Refuse(kNoProgram);
  return Restrict(filter);
}

}  // namespace vitals
