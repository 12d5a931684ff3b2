/* Preloaded into the simulator by tests/guards.rs: whoever asks for the time or for entropy ends
   the process. A run that gets through has read neither. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static void refuse(const char *what)
{
    static const char before[] = "sealed: a run has called ";
    ssize_t ignored = write(2, before, sizeof before - 1);
    ignored += write(2, what, strlen(what));
    ignored += write(2, "\n", 1);
    (void)ignored;
    abort();
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    (void)now;
    refuse("clock_gettime");
    return -1;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void)now;
    (void)zone;
    refuse("gettimeofday");
    return -1;
}

time_t time(time_t *now)
{
    (void)now;
    refuse("time");
    return -1;
}

ssize_t getrandom(void *bytes, size_t count, unsigned flags)
{
    (void)bytes;
    (void)count;
    (void)flags;
    refuse("getrandom");
    return -1;
}

int getentropy(void *bytes, size_t count)
{
    (void)bytes;
    (void)count;
    refuse("getentropy");
    return -1;
}
