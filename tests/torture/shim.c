/* Stands between a process and its disk (LD_PRELOAD): fails the n-th write, or writes down what is written and synced.
   XF_ROOT: the folder that is meant. XF_FAIL: which call fails; XF_STAYS: all later ones too; XF_KILL: in which the process dies. XF_LOG: where it is written
   down, as lines of `op path offset length`, each with its bytes after it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static long calls;
static int log_fd = -2;

static int within(const char *path) {
    const char *root = getenv("XF_ROOT");
    return root && path && strncmp(path, root, strlen(root)) == 0 && !strstr(path, "-shm");
}

static int named(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, 4095);
    if (n < 0) return 0;
    path[n] = 0;
    return within(path);
}

static void whole(const char *path, char *full) {
    if (path[0] == '/') snprintf(full, 4096, "%s", path);
    else { char here[2048]; if (!getcwd(here, sizeof here)) here[0] = 0; snprintf(full, 4096, "%s/%s", here, path); }
}

/* 1: this call is to fail */
static int fails(int code) {
    const char *at = getenv("XF_FAIL"), *dies = getenv("XF_KILL");
    if (dies && ++calls == atol(dies)) raise(SIGKILL);
    if (!at) return 0;
    long n = atol(at);
    calls++;
    if (calls == n || (calls > n && getenv("XF_STAYS"))) { errno = code; return 1; }
    return 0;
}

static void put(const char *op, const char *path, long offset, const void *data, size_t length) {
    const char *where = getenv("XF_LOG");
    if (!where) return;
    if (log_fd == -2) log_fd = syscall(SYS_openat, AT_FDCWD, where, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    char head[8400];
    int n = snprintf(head, sizeof head, "%s\t%s\t%ld\t%zu\n", op, path, offset, length);
    syscall(SYS_write, log_fd, head, n);
    if (length) syscall(SYS_write, log_fd, data, length);
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *data, size_t length) {
    REAL(write);
    char path[4096];
    if (fd == 1) { put("ack", "-", 0, data, length); return real(fd, data, length); }
    if (!named(fd, path)) return real(fd, data, length);
    if (fails(ENOSPC)) return -1;
    off_t at = (fcntl(fd, F_GETFL) & O_APPEND) ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
    ssize_t done = real(fd, data, length);
    if (done > 0) put("write", path, at, data, done);
    return done;
}

#define PWRITE(name, type) ssize_t name(int fd, const void *data, size_t length, type offset) { \
    REAL(name); char path[4096]; \
    if (!named(fd, path)) return real(fd, data, length, offset); \
    if (fails(ENOSPC)) return -1; \
    ssize_t done = real(fd, data, length, offset); \
    if (done > 0) put("write", path, offset, data, done); \
    return done; }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

/* Python copies through it where it can: not here, so that each write is seen. */
#define SEND(name, type) ssize_t name(int to, int from, type *offset, size_t length) { \
    REAL(name); char path[4096]; \
    if (!named(to, path)) return real(to, from, offset, length); \
    errno = EINVAL; return -1; }
SEND(sendfile, off_t)
SEND(sendfile64, off64_t)

#define SYNC(name) int name(int fd) { \
    REAL(name); char path[4096]; \
    if (!named(fd, path)) return real(fd); \
    if (fails(EIO)) return -1; \
    put("sync", path, 0, 0, 0); return 0; }
SYNC(fsync)
SYNC(fdatasync)

#define TRUNCATE(name, type) int name(int fd, type length) { \
    REAL(name); char path[4096]; \
    if (!named(fd, path)) return real(fd, length); \
    if (fails(EIO)) return -1; \
    int done = real(fd, length); if (!done) put("truncate", path, length, 0, 0); return done; }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define TWO(name, op) int name(const char *from, const char *to) { \
    REAL(name); char one[4096], two[4096]; whole(from, one); whole(to, two); \
    if (!within(two)) return real(from, to); \
    if (fails(EIO)) return -1; \
    int done = real(from, to); if (!done) put(op, one, 0, two, strlen(two)); return done; }
TWO(rename, "rename")
TWO(link, "link")

int unlink(const char *path) {
    REAL(unlink);
    char full[4096];
    whole(path, full);
    if (!within(full)) return real(path);
    if (fails(EIO)) return -1;
    int done = real(path);
    if (!done) put("unlink", full, 0, 0, 0);
    return done;
}

static int opened(const char *path, int flags, mode_t mode) {
    char full[4096];
    whole(path, full);
    int counts = within(full) && (flags & (O_CREAT | O_TRUNC)) && (flags & O_ACCMODE) != O_RDONLY;
    int there = counts && access(full, F_OK) == 0;
    if (counts && !there && fails(ENOSPC)) return -1;
    int fd = syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (fd >= 0 && counts && (!there || (flags & O_TRUNC))) put(there ? "empty" : "create", full, 0, 0, 0);
    return fd;
}

#define OPEN(name) int name(const char *path, int flags, ...) { \
    va_list more; va_start(more, flags); mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0; \
    va_end(more); return opened(path, flags, mode); }
OPEN(open)
OPEN(open64)
