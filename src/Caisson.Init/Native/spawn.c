// What PID 1 cannot do from managed code, in as little C as possible.
//
// A process enters a user namespace only while it is alone in its thread group, and managed code must never run in a forked child. So a
// child that shares PID 1's memory until it executes its program (as posix_spawn does it) runs this file's code alone: no allocation, no
// locks, only system calls. PID 1 waits meanwhile, so the child reports its failure through the shared request.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Mirrored by SpawnRequest in C#: keep the order.
struct spawn_request {
    char *const *argv;
    char *const *envp;
    const char *directory;
    const struct sock_filter *filter;
    const char *oom_score; // text for oom_score_adj
    uint64_t tree; // out: inode of the UTS namespace that marks all descendants
    int64_t open_files;
    int64_t processes;
    int64_t core_bytes;
    int32_t input;
    int32_t output;
    int32_t errors;
    int32_t terminal;
    int32_t user_namespace; // -1: stay root of the sandbox
    int32_t filter_length;
    int32_t failed_step; // out: 0, or a step below
    int32_t error;       // out: errno of that step
};

enum step { STEP_SESSION = 1, STEP_TERMINAL, STEP_DESCRIPTORS, STEP_TREE, STEP_NAMESPACE, STEP_PRIVILEGES, STEP_FILTER, STEP_DIRECTORY, STEP_EXECUTE };

static int fail(struct spawn_request *request, enum step step) {
    request->error = errno;
    request->failed_step = step;
    _exit(127);
}

static int write_all(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) {
        return -1;
    }
    size_t length = strlen(text);
    int done = write(file, text, length) == (ssize_t)length ? 0 : -1;
    close(file);
    return done;
}

// Lowers a limit, or raises it as far as the inherited hard limit allows.
static void limit(int resource, int64_t value) {
    struct rlimit now;
    if (value < 0 || getrlimit(resource, &now) != 0) {
        return;
    }
    rlim_t wanted = (rlim_t)value;
    if (now.rlim_max != RLIM_INFINITY && wanted > now.rlim_max) {
        wanted = now.rlim_max;
    }
    now.rlim_cur = now.rlim_max = wanted;
    setrlimit(resource, &now);
}

static void execute(const char *file, char *const *argv, char *const *envp) {
    if (strchr(file, '/') != NULL) {
        execve(file, argv, envp);
        return;
    }
    const char *path = "/usr/local/bin:/usr/bin:/bin";
    for (char *const *entry = envp; *entry != NULL; entry++) {
        if (strncmp(*entry, "PATH=", 5) == 0) {
            path = *entry + 5;
        }
    }
    char candidate[PATH_MAX];
    size_t name = strlen(file);
    int denied = 0;
    for (const char *part = path; part != NULL;) {
        const char *end = strchr(part, ':');
        size_t length = end != NULL ? (size_t)(end - part) : strlen(part);
        if (length > 0 && length + name + 2 <= sizeof candidate) { // an empty part would mean the working directory
            memcpy(candidate, part, length);
            candidate[length] = '/';
            memcpy(candidate + length + 1, file, name + 1);
            execve(candidate, argv, envp);
            if (errno == EACCES) {
                denied = 1;
            } else if (errno != ENOENT && errno != ENOTDIR) {
                return;
            }
        }
        part = end != NULL ? end + 1 : NULL;
    }
    errno = denied ? EACCES : ENOENT;
}

// What files need. Neither mounts, packet filters nor other processes' memory: PID 1's own must stay out of reach for root's programs, too,
// which may well run something that an agent wrote.
static const uint32_t FILE_CAPABILITIES = 1u << CAP_CHOWN | 1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH | 1u << CAP_FOWNER
    | 1u << CAP_FSETID | 1u << CAP_KILL | 1u << CAP_SETGID | 1u << CAP_SETUID | 1u << CAP_NET_BIND_SERVICE | 1u << CAP_SYS_CHROOT;

static int drop_privileges(uint32_t kept) {
    for (int capability = 0; capability < 64; capability++) {
        if ((capability >= 32 || (kept & 1u << capability) == 0) && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) {
            if (errno == EINVAL) {
                break; // past the kernel's last capability
            }
            return -1;
        }
    }
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct rest[2] = {{kept, kept, 0}, {0, 0, 0}};
    if (syscall(SYS_capset, &header, rest) != 0) {
        return -1;
    }
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static int child(void *argument) {
    struct spawn_request *request = argument;
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) {
        sigaction(number, &standard, NULL); // also what the runtime ignores, such as SIGPIPE
    }
    if (setsid() < 0) {
        fail(request, STEP_SESSION);
    }
    if (dup2(request->input, 0) < 0 || dup2(request->output, 1) < 0 || dup2(request->errors, 2) < 0) {
        fail(request, STEP_DESCRIPTORS);
    }
    if (request->terminal && ioctl(0, TIOCSCTTY, 0) != 0) {
        fail(request, STEP_TERMINAL);
    }
    if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
        fail(request, STEP_DESCRIPTORS);
    }
    // A UTS namespace of its own is inherited by all descendants and cannot be left without a privilege: it marks the tree.
    struct stat mark;
    if (unshare(CLONE_NEWUTS) != 0 || stat("/proc/self/ns/uts", &mark) != 0) {
        fail(request, STEP_TREE);
    }
    request->tree = mark.st_ino;
    limit(RLIMIT_NOFILE, request->open_files);
    limit(RLIMIT_NPROC, request->processes);
    limit(RLIMIT_CORE, request->core_bytes);
    // Refused when it was inherited higher, which serves the purpose as well: agents go before PID 1.
    write_all("/proc/self/oom_score_adj", request->oom_score);
    umask(022);
    if (request->user_namespace >= 0 && setns(request->user_namespace, CLONE_NEWUSER) != 0) {
        fail(request, STEP_NAMESPACE);
    }
    if (drop_privileges(request->user_namespace >= 0 ? 0 : FILE_CAPABILITIES) != 0) {
        fail(request, STEP_PRIVILEGES);
    }
    if (chdir(request->directory) != 0) {
        fail(request, STEP_DIRECTORY);
    }
    if (request->filter_length > 0) {
        struct sock_fprog program = {(unsigned short)request->filter_length, (struct sock_filter *)request->filter};
        if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
            fail(request, STEP_FILTER);
        }
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execute(request->argv[0], request->argv, request->envp);
    return fail(request, STEP_EXECUTE);
}

// Starts a program. Returns its pid, or -1 with failed_step and error set (step 0: the clone itself).
int caisson_spawn(struct spawn_request *request) {
    static char stack[128 * 1024] __attribute__((aligned(16)));
    request->failed_step = 0;
    request->error = 0;
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    int pid = clone(child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, request);
    if (pid < 0) {
        request->error = errno;
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (pid > 0 && request->failed_step != 0) {
        waitpid(pid, NULL, 0);
        return -1;
    }
    return pid;
}

// Makes a user namespace below this one. Its only user is this process's, or, where ids are given (only root may), the user of these ids.
// Returns a descriptor of it, or -1 with errno.
static int make_namespace(const char *uid_map, const char *gid_map, int uid, int gid) {
    int made[2], done[2];
    if (pipe2(made, O_CLOEXEC) != 0 || pipe2(done, O_CLOEXEC) != 0) {
        return -1;
    }
    int pid = (int)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        // Writing one's own maps needs ownership of one's own /proc files, which PID 1, as not dumpable, lacks.
        int failed = (gid >= 0 && syscall(SYS_setresgid, gid, gid, gid) != 0) || (uid >= 0 && syscall(SYS_setresuid, uid, uid, uid) != 0)
            || prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0 || unshare(CLONE_NEWUSER) != 0
            || write_all("/proc/self/setgroups", "deny") != 0 || write_all("/proc/self/uid_map", uid_map) != 0
            || write_all("/proc/self/gid_map", gid_map) != 0;
        int error = failed ? errno : 0;
        close(done[1]);
        if (write(made[1], &error, sizeof error) != sizeof error) {
            _exit(1);
        }
        char end;
        (void)!read(done[0], &end, 1); // until PID 1 holds the namespace
        _exit(0);
    }
    int error = errno, result = -1;
    close(made[1]);
    close(done[0]);
    if (pid > 0) {
        if (read(made[0], &error, sizeof error) != sizeof error) {
            error = EPIPE;
        }
        if (error == 0) {
            char path[64] = "/proc/";
            char digits[16];
            int count = 0;
            for (int rest = pid; rest > 0; rest /= 10) {
                digits[count++] = (char)('0' + rest % 10);
            }
            char *cursor = path + 6;
            while (count > 0) {
                *cursor++ = digits[--count];
            }
            strcpy(cursor, "/ns/user");
            result = open(path, O_RDONLY | O_CLOEXEC);
            error = result < 0 ? errno : 0;
        }
    }
    close(done[1]);
    close(made[0]);
    if (pid > 0) {
        waitpid(pid, NULL, 0);
    }
    errno = error;
    return result;
}

// The agents' user namespace, with this user as its only user.
int caisson_agents_namespace(const char *uid_map, const char *gid_map) { return make_namespace(uid_map, gid_map, -1, -1); }

// A user namespace whose maps translate owners in a mount: the map's first id on disk is this user (uid, gid) in the mount.
int caisson_owners_namespace(const char *uid_map, const char *gid_map, int uid, int gid) {
    return make_namespace(uid_map, gid_map, uid, gid);
}

// Before the runtime starts a thread: what is blocked here is blocked in each, so that signals reach PID 1 only through its signalfd; and
// nobody in the sandbox may look into this process.
__attribute__((constructor(101))) static void before_the_runtime(int argc, char **argv) {
    if (argc < 2 || strcmp(argv[1], "pid1") != 0) {
        return;
    }
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    sigset_t taken;
    sigemptyset(&taken);
    const int numbers[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH, SIGCONT, SIGIO, SIGPWR, SIGVTALRM, SIGPROF, SIGXCPU, SIGXFSZ, SIGURG, SIGTRAP, SIGSYS};
    for (unsigned index = 0; index < sizeof numbers / sizeof numbers[0]; index++) {
        sigaddset(&taken, numbers[index]);
    }
    sigprocmask(SIG_BLOCK, &taken, NULL);
}
