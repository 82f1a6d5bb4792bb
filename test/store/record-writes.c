/*
 * Preloaded into a process (LD_PRELOAD), it records what the process does to the disk below a folder: each write, truncation, sync, creation and removal,
 * in order, into one file that the process may add marks to.
 *   FLEET_TEST_RECORD_FOLDER   below it is recorded, the index of a log (-shm) left out: nobody needs it after a power cut
 *   FLEET_TEST_RECORD_FILE     a line "KIND OFFSET BYTES PATH" for each, then the bytes of a write
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void record(const char *kind, const char *path, off_t offset, const void *bytes, size_t count) {
  static int file = -1;
  const char *folder = getenv("FLEET_TEST_RECORD_FOLDER");
  size_t length = strlen(path);
  if (folder == NULL || strncmp(path, folder, strlen(folder)) != 0) return;
  if (length > 4 && strcmp(path + length - 4, "-shm") == 0) return;
  if (file < 0) file = REAL(open)(getenv("FLEET_TEST_RECORD_FILE"), O_WRONLY | O_APPEND | O_CLOEXEC);
  char head[5000];
  int size = snprintf(head, sizeof head, "%s %lld %zu %s\n", kind, (long long)offset, count, path);
  struct iovec parts[] = {{head, (size_t)size}, {(void *)bytes, bytes == NULL ? 0 : count}};
  if (REAL(writev)(file, parts, 2) < 0) abort();
}

static void record_handle(const char *kind, int handle, off_t offset, const void *bytes, size_t count) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return;
  path[length] = 0;
  record(kind, path, offset, bytes, count);
}

ssize_t write(int handle, const void *bytes, size_t count) {
  off_t offset = lseek(handle, 0, SEEK_CUR);
  ssize_t done = REAL(write)(handle, bytes, count);
  if (offset >= 0 && done > 0) record_handle("write", handle, offset, bytes, (size_t)done);
  return done;
}

#define AT_OFFSET(name)                                                              \
  ssize_t name(int handle, const void *bytes, size_t count, off_t offset) {          \
    ssize_t done = REAL(name)(handle, bytes, count, offset);                         \
    if (done > 0) record_handle("write", handle, offset, bytes, (size_t)done);       \
    return done;                                                                     \
  }
#define TRUNCATE(name)                                                               \
  int name(int handle, off_t length) {                                               \
    int failed = REAL(name)(handle, length);                                         \
    if (!failed) record_handle("truncate", handle, length, NULL, 0);                 \
    return failed;                                                                   \
  }
#define SYNC(name)                                                                   \
  int name(int handle) {                                                             \
    int failed = REAL(name)(handle);                                                 \
    if (!failed) record_handle("sync", handle, 0, NULL, 0);                          \
    return failed;                                                                   \
  }
#define OPEN(name)                                                                   \
  int name(const char *path, int flags, ...) {                                       \
    va_list more;                                                                    \
    va_start(more, flags);                                                           \
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0;        \
    va_end(more);                                                                    \
    int is_new = (flags & O_CREAT) && access(path, F_OK) != 0;                       \
    int handle = REAL(name)(path, flags, mode);                                      \
    if (handle >= 0 && is_new) record("create", path, 0, NULL, 0);                   \
    return handle;                                                                   \
  }

AT_OFFSET(pwrite)
AT_OFFSET(pwrite64)
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)
SYNC(fsync)
SYNC(fdatasync)
OPEN(open)
OPEN(open64)

int unlink(const char *path) {
  int failed = REAL(unlink)(path);
  if (!failed) record("remove", path, 0, NULL, 0);
  return failed;
}
