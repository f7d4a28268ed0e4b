/* Preloaded into the actors: their clock can be set, and what they sync is copied to where it survives a power cut.

   The copy knows a file as of its last sync, under the name that it was given since; a removal counts at once. What was
   never synced is not in it. That is the least that a file system may keep (fsync(2), rename(2)). */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static char zone[PATH_MAX], kept[PATH_MAX];
static volatile long offset;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

void faults_clock(long seconds) { offset = seconds; }

void faults_keep(const char *of, const char *in) {
    snprintf(zone, sizeof zone, "%s/", of);
    snprintf(kept, sizeof kept, "%s/", in);
}

/* --- the clock */

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = REAL(clock_gettime);
    int said = real(clock, now);
    if (!said && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += offset;
    return said;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone_of_time) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (now) { now->tv_sec = exact.tv_sec; now->tv_usec = exact.tv_nsec / 1000; }
    (void)zone_of_time;
    return 0;
}

time_t time(time_t *now) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (now) *now = exact.tv_sec;
    return exact.tv_sec;
}

/* --- what survives */

static int inside(const char *path, char *copy) {
    if (!zone[0] || strncmp(path, zone, strlen(zone))) return 0;
    return snprintf(copy, PATH_MAX, "%s%s", kept, path + strlen(zone)) < PATH_MAX;
}

static int copy_of(int folder, const char *path, char *copy) {
    char whole[PATH_MAX], base[PATH_MAX] = "";
    if (!zone[0]) return 0;
    if (path[0] != '/') {
        char link[64];
        if (folder == AT_FDCWD) strcpy(link, "/proc/self/cwd");
        else snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t length = readlink(link, base, sizeof base - 2);
        if (length < 0) return 0;
        base[length] = '/', base[length + 1] = 0;
    }
    if (snprintf(whole, sizeof whole, "%s%s", base, path) >= (int)sizeof whole) return 0;
    return inside(whole, copy);
}

static void make_folders(char *path) {
    for (char *slash = path + strlen(kept); (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        mkdir(path, 0700);
        *slash = '/';
    }
}

static void keep_file(int file) {
    char link[64], path[PATH_MAX], copy[PATH_MAX], draft[PATH_MAX + 32], piece[65536];
    struct stat about;
    if (!zone[0] || fstat(file, &about) || !S_ISREG(about.st_mode)) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1), got;
    if (length < 0) return;
    path[length] = 0;
    if (!inside(path, copy)) return;
    make_folders(copy);
    snprintf(draft, sizeof draft, "%s.%d.draft", copy, (int)gettid());
    /* By another descriptor: this one may be open for writing alone. */
    int from = open(link, O_RDONLY | O_CLOEXEC), to = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, about.st_mode);
    for (off_t at = 0; from >= 0 && to >= 0 && (got = pread(from, piece, sizeof piece, at)) > 0; at += got)
        if (write(to, piece, got) != got) break;
    if (from >= 0) close(from);
    if (to >= 0) close(to);
    static int (*real)(const char *, const char *);
    if (!real) real = REAL(rename);
    real(draft, copy);
}

#define SYNCING(name)                                  \
    int name(int file) {                               \
        static int (*real)(int);                       \
        if (!real) real = REAL(name);                  \
        int said = real(file);                         \
        if (!said) keep_file(file);                    \
        return said;                                   \
    }
SYNCING(fsync)
SYNCING(fdatasync)

int msync(void *start, size_t length, int flags) {
    static int (*real)(void *, size_t, int);
    if (!real) real = REAL(msync);
    int said = real(start, length, flags);
    char line[PATH_MAX + 128];
    FILE *maps = !said && zone[0] ? fopen("/proc/self/maps", "re") : NULL;
    while (maps && fgets(line, sizeof line, maps)) {
        uintptr_t from, to;
        char *path = strchr(line, '/');
        if (sscanf(line, "%lx-%lx", &from, &to) != 2 || !path || (uintptr_t)start < from || (uintptr_t)start >= to) continue;
        path[strcspn(path, "\n")] = 0;
        int file = open(path, O_RDONLY | O_CLOEXEC);
        if (file >= 0) { keep_file(file); close(file); }
    }
    if (maps) fclose(maps);
    return said;
}

static void rename_copy(int of, const char *old, int to, const char *new) {
    char before[PATH_MAX], after[PATH_MAX];
    static int (*real)(const char *, const char *);
    if (!real) real = REAL(rename);
    if (copy_of(of, old, before) && copy_of(to, new, after)) {
        make_folders(after);
        /* Of a file that was never synced, the new name is as good as lost, and so is what had it before. */
        if (real(before, after) && errno == ENOENT) unlink(after);
    }
}

int rename(const char *old, const char *new) {
    static int (*real)(const char *, const char *);
    if (!real) real = REAL(rename);
    int said = real(old, new);
    if (!said) rename_copy(AT_FDCWD, old, AT_FDCWD, new);
    return said;
}

int renameat(int of, const char *old, int to, const char *new) {
    static int (*real)(int, const char *, int, const char *);
    if (!real) real = REAL(renameat);
    int said = real(of, old, to, new);
    if (!said) rename_copy(of, old, to, new);
    return said;
}

int link(const char *old, const char *new) {
    static int (*real)(const char *, const char *);
    if (!real) real = REAL(link);
    int said = real(old, new);
    char before[PATH_MAX], after[PATH_MAX];
    if (!said && copy_of(AT_FDCWD, old, before) && copy_of(AT_FDCWD, new, after)) {
        make_folders(after);
        real(before, after);
    }
    return said;
}

int linkat(int of, const char *old, int to, const char *new, int flags) {
    static int (*real)(int, const char *, int, const char *, int);
    if (!real) real = REAL(linkat);
    int said = real(of, old, to, new, flags);
    char before[PATH_MAX], after[PATH_MAX];
    if (!said && copy_of(of, old, before) && copy_of(to, new, after)) {
        make_folders(after);
        real(AT_FDCWD, before, AT_FDCWD, after, flags);
    }
    return said;
}

int unlink(const char *path) {
    static int (*real)(const char *);
    if (!real) real = REAL(unlink);
    int said = real(path);
    char copy[PATH_MAX];
    if (!said && copy_of(AT_FDCWD, path, copy)) real(copy);
    return said;
}

int unlinkat(int folder, const char *path, int flags) {
    static int (*real)(int, const char *, int);
    if (!real) real = REAL(unlinkat);
    int said = real(folder, path, flags);
    char copy[PATH_MAX];
    if (!said && copy_of(folder, path, copy)) real(AT_FDCWD, copy, flags);
    return said;
}

int rmdir(const char *path) {
    static int (*real)(const char *);
    if (!real) real = REAL(rmdir);
    int said = real(path);
    char copy[PATH_MAX];
    if (!said && copy_of(AT_FDCWD, path, copy)) real(copy);
    return said;
}
