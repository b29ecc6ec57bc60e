/*
 * Holds the program it is preloaded into at one of its requests to the store: before it sends for
 * the XSAUDIT_HOLD_AT-th time it writes the byte 1 to standard error, and goes on when it can read
 * one from standard input. XSAUDIT_HOLD_IN says in which process: "main", or "later", which main
 * has started to look at the store again. The process that watches the store is never held. No
 * system call is made that a confined process may not make. See held_program.h.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>

static int generation; /* 0: main; 1: its children */
static int watches;
static long sent; /* by this process and, before it was forked, by its parent */

pid_t fork(void) {
  pid_t (*const real_fork)(void) = (pid_t(*)(void))dlsym(RTLD_NEXT, "fork");
  const pid_t child = real_fork();
  if (child == 0) ++generation;
  return child;
}

/* Of the program's processes, this one alone has a session of its own. */
pid_t setsid(void) {
  watches = 1;
  return (pid_t)syscall(SYS_setsid);
}

static void hold(void) {
  const char* const in = getenv("XSAUDIT_HOLD_IN");
  const int held_generation = in != NULL && strcmp(in, "main") == 0 ? 0 : 1;
  char byte = 1;
  if (in == NULL || watches || generation != held_generation) return;
  if (++sent != atol(getenv("XSAUDIT_HOLD_AT"))) return;
  if (syscall(SYS_write, STDERR_FILENO, &byte, 1) != 1) return;
  while (syscall(SYS_read, STDIN_FILENO, &byte, 1) < 0) {
  }
}

/* The wire reader's. What it says to the process that watches is shorter than any message. */
ssize_t send(int descriptor, const void* bytes, size_t size, int flags) {
  if (size >= sizeof(struct xsd_sockmsg)) hold();
  return syscall(SYS_sendto, descriptor, bytes, size, flags, NULL, 0);
}

/* libxenstore's: each message in two pieces or more. It is held before the first. */
ssize_t write(int descriptor, const void* bytes, size_t size) {
  static size_t to_come; /* of a message */
  if (descriptor > STDERR_FILENO && to_come > 0) {
    to_come -= size < to_come ? size : to_come;
  } else if (descriptor > STDERR_FILENO && size == sizeof(struct xsd_sockmsg)) {
    hold();
    to_come = ((const struct xsd_sockmsg*)bytes)->len;
  }
  return syscall(SYS_write, descriptor, bytes, size);
}
