/* Put before the C library by LD_PRELOAD: while the file $FAULT_SWITCH holds "write 28" or "fsync 5", calls of that
   kind on the database's files fail with that error number. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int is_database(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, "parlance.db") != NULL;
}

/* The error number for this kind of call on this file, or 0. */
static int fault(const char *call, int fd) {
    const char *name = getenv("FAULT_SWITCH");
    FILE *file = name ? fopen(name, "re") : NULL;
    if (!file) return 0;
    char kind[16] = "";
    int error = 0;
    int read = fscanf(file, "%15s %d", kind, &error);
    fclose(file);
    return read == 2 && strcmp(kind, call) == 0 && is_database(fd) ? error : 0;
}

#define REAL(type, name, ...) ((type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))
#define FAIL(call, fd) do { int error = fault(call, fd); if (error) { errno = error; return -1; } } while (0)

ssize_t write(int fd, const void *bytes, size_t count) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = REAL(ssize_t, "write", int, const void *, size_t);
    if (fd > 2) FAIL("write", fd);
    return real(fd, bytes, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real) real = REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    FAIL("write", fd);
    return real(fd, bytes, count, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    return pwrite64(fd, bytes, count, at);
}

int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = REAL(int, "fsync", int);
    FAIL("fsync", fd);
    return real(fd);
}

int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = REAL(int, "fdatasync", int);
    FAIL("fsync", fd);
    return real(fd);
}
