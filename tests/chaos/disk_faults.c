/* A disk that fails on command, preloaded into a program under test (LD_PRELOAD).
 *
 * Calls that change files below a folder are counted, listed and, by one rule, made to fail. The
 * program itself is as it is shipped; only the C library's functions stand behind these.
 *
 *   DISK_FAULTS_UNDER  the folder, a real path; without it nothing happens
 *   DISK_FAULTS_LOG    a file outside of it: "seen KIND PATH" for every call (paths from the folder
 *                      on), "fired KIND PATH" when the rule struck, "again KIND PATH" for every
 * call that matches the rule after it struck and was let through DISK_FAULTS_RULE
 * KIND:NTH:TIMES:HOW:PATTERN. From the NTH call of that kind on a path that matches the pattern
 * (fnmatch), TIMES (0: for ever) of them fail with errno HOW (a number); HOW "short" writes half
 * and says so
 *
 * Kinds are the functions' names, 64-bit and positioned twins counted as one: open (for writing),
 * mkostemp, mkdir, write, sync, truncate, allocate, rename, unlink, chmod. stdio's own writes go
 * around these functions: fopen counts as open and fwrite as write.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { kPass = 0, kFail = 1, kShort = 2 };

static char folder[PATH_MAX];
static size_t folder_bytes;
static int log_file = -1;
static char rule_kind[32];
static char rule_pattern[PATH_MAX];
static long rule_nth;
static long rule_times;
static int rule_errno; /* 0: short */
static atomic_long matched;

__attribute__((constructor)) static void read_rule(void) {
  const char* under = getenv("DISK_FAULTS_UNDER");
  const char* log = getenv("DISK_FAULTS_LOG");
  const char* rule = getenv("DISK_FAULTS_RULE");
  char how[16] = "";
  if (under == NULL || strlen(under) >= sizeof folder) {
    return;
  }
  strcpy(folder, under);
  folder_bytes = strlen(folder);
  if (log != NULL) {
    log_file =
        (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  }
  if (rule != NULL) {
    if (sscanf(rule, "%31[^:]:%ld:%ld:%15[^:]:%4095s", rule_kind, &rule_nth, &rule_times, how,
               rule_pattern) != 5) {
      abort(); /* a rule that is not understood would test nothing */
    }
    rule_errno = strcmp(how, "short") == 0 ? 0 : atoi(how);
  }
}

static void note(const char* word, const char* kind, const char* path) {
  char line[PATH_MAX + 64];
  const int bytes = snprintf(line, sizeof line, "%s %s %s\n", word, kind, path);
  if (log_file >= 0 && bytes > 0 && (size_t)bytes < sizeof line) {
    (void)!syscall(SYS_write, log_file, line, (size_t)bytes);
  }
}

/* What is to become of one call. Sets errno for kFail. */
static int judge(const char* kind, const char* path) {
  const int before = errno;
  if (folder_bytes == 0 || strncmp(path, folder, folder_bytes) != 0 || path[folder_bytes] != '/') {
    return kPass;
  }
  const char* name = path + folder_bytes + 1;
  if (rule_nth == 0) {
    note("seen", kind, name);
  } else if (strcmp(kind, rule_kind) == 0 && fnmatch(rule_pattern, name, 0) == 0) {
    const long count = atomic_fetch_add(&matched, 1) + 1;
    if (count >= rule_nth && (rule_times == 0 || count < rule_nth + rule_times)) {
      note("fired", kind, name);
      errno = rule_errno;
      return rule_errno == 0 ? kShort : kFail;
    }
    if (count > rule_nth) {
      note("again", kind, name);
    }
  }
  errno = before;
  return kPass;
}

static int judge_descriptor(const char* kind, int descriptor) {
  char link[64];
  char path[PATH_MAX];
  const int before = errno;
  if (folder_bytes == 0) {
    return kPass;
  }
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const long bytes = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  errno = before;
  if (bytes <= 0) {
    return kPass;
  }
  path[bytes] = '\0';
  return judge(kind, path);
}

/* A name in the folder that `at` has open, as the calls ending in "at" take it. */
static int judge_at(const char* kind, int at, const char* name) {
  char link[64];
  char path[PATH_MAX];
  const int before = errno;
  if (folder_bytes == 0 || name[0] == '/' || at == AT_FDCWD) {
    return judge(kind, name);
  }
  snprintf(link, sizeof link, "/proc/self/fd/%d", at);
  const long bytes = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  errno = before;
  if (bytes <= 0 || (size_t)bytes + strlen(name) + 2 > sizeof path) {
    return kPass;
  }
  snprintf(path + bytes, sizeof path - (size_t)bytes, "/%s", name);
  return judge(kind, path);
}

#define FAILS(verdict) ((verdict) == kFail)

static size_t half(size_t bytes, int verdict) {
  return verdict == kShort && bytes > 1 ? bytes / 2 : bytes;
}

static mode_t mode_of(int flags, va_list list) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(list, mode_t) : 0;
}

static int writes(int flags) {
  return (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0;
}

#define DEFINE_OPEN(function)                                                            \
  int function(const char* path, int flags, ...) {                                       \
    static int (*behind)(const char*, int, ...);                                         \
    va_list list;                                                                        \
    va_start(list, flags);                                                               \
    const mode_t mode = mode_of(flags, list);                                            \
    va_end(list);                                                                        \
    if (behind == NULL) {                                                                \
      *(void**)(&behind) = dlsym(RTLD_NEXT, #function);                                  \
    }                                                                                    \
    return writes(flags) && FAILS(judge("open", path)) ? -1 : behind(path, flags, mode); \
  }
DEFINE_OPEN(open)
DEFINE_OPEN(open64)

#define DEFINE_OPENAT(function)                                                                \
  int function(int at, const char* path, int flags, ...) {                                     \
    static int (*behind)(int, const char*, int, ...);                                          \
    va_list list;                                                                              \
    va_start(list, flags);                                                                     \
    const mode_t mode = mode_of(flags, list);                                                  \
    va_end(list);                                                                              \
    if (behind == NULL) {                                                                      \
      *(void**)(&behind) = dlsym(RTLD_NEXT, #function);                                        \
    }                                                                                          \
    return writes(flags) && FAILS(judge_at("open", at, path)) ? -1                             \
                                                              : behind(at, path, flags, mode); \
  }
DEFINE_OPENAT(openat)
DEFINE_OPENAT(openat64)

/* One function of the C library: its type, name, parameters, the kind and the path or descriptor
 * that are judged, what a failure returns and the arguments that are passed on. */
#define DEFINE(type, function, parameters, verdict_of, failure, arguments) \
  type function parameters {                                               \
    static type(*behind) parameters;                                       \
    if (behind == NULL) {                                                  \
      *(void**)(&behind) = dlsym(RTLD_NEXT, #function);                    \
    }                                                                      \
    const int verdict = verdict_of;                                        \
    if (FAILS(verdict)) {                                                  \
      return failure;                                                      \
    }                                                                      \
    return behind arguments;                                               \
  }

DEFINE(FILE*, fopen, (const char* path, const char* mode),
       mode[0] == 'r' ? kPass : judge("open", path), NULL, (path, mode))
DEFINE(FILE*, fopen64, (const char* path, const char* mode),
       mode[0] == 'r' ? kPass : judge("open", path), NULL, (path, mode))
DEFINE(int, mkostemp, (char* path, int flags), judge("mkostemp", path), -1, (path, flags))
DEFINE(int, mkostemp64, (char* path, int flags), judge("mkostemp", path), -1, (path, flags))
DEFINE(int, mkdir, (const char* path, mode_t mode), judge("mkdir", path), -1, (path, mode))
DEFINE(ssize_t, write, (int file, const void* bytes, size_t size), judge_descriptor("write", file),
       -1, (file, bytes, half(size, verdict)))
DEFINE(ssize_t, pwrite, (int file, const void* bytes, size_t size, off_t at),
       judge_descriptor("write", file), -1, (file, bytes, half(size, verdict), at))
DEFINE(ssize_t, pwrite64, (int file, const void* bytes, size_t size, off64_t at),
       judge_descriptor("write", file), -1, (file, bytes, half(size, verdict), at))
DEFINE(ssize_t, writev, (int file, const struct iovec* parts, int count),
       judge_descriptor("write", file), -1, (file, parts, (int)half((size_t)count, verdict)))
DEFINE(size_t, fwrite, (const void* bytes, size_t size, size_t count, FILE* file),
       judge_descriptor("write", fileno(file)), 0, (bytes, size, half(count, verdict), file))
DEFINE(int, fsync, (int file), judge_descriptor("sync", file), -1, (file))
DEFINE(int, fdatasync, (int file), judge_descriptor("sync", file), -1, (file))
DEFINE(int, ftruncate, (int file, off_t size), judge_descriptor("truncate", file), -1, (file, size))
DEFINE(int, ftruncate64, (int file, off64_t size), judge_descriptor("truncate", file), -1,
       (file, size))
DEFINE(int, fallocate, (int file, int mode, off_t at, off_t size),
       judge_descriptor("allocate", file), -1, (file, mode, at, size))
DEFINE(int, posix_fallocate, (int file, off_t at, off_t size), judge_descriptor("allocate", file),
       errno, (file, at, size))
DEFINE(int, rename, (const char* from, const char* to), judge("rename", to), -1, (from, to))
DEFINE(int, renameat, (int from_at, const char* from, int to_at, const char* to),
       judge_at("rename", to_at, to), -1, (from_at, from, to_at, to))
DEFINE(int, unlinkat, (int at, const char* path, int flags), judge_at("unlink", at, path), -1,
       (at, path, flags))
DEFINE(int, unlink, (const char* path), judge("unlink", path), -1, (path))
DEFINE(int, fchmod, (int file, mode_t mode), judge_descriptor("chmod", file), -1, (file, mode))
DEFINE(int, chmod, (const char* path, mode_t mode), judge("chmod", path), -1, (path, mode))
