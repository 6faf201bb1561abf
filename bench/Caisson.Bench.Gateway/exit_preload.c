/* Lets an ordinary load generator speak to a sandbox' exit: each TCP connection becomes one to the Unix socket in $EXIT_SOCKET with the header that
 * caisson-init would send in front. Built and used by gateway.sh only. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int connect(int fd, const struct sockaddr *address, socklen_t length) {
    static int (*real)(int, const struct sockaddr *, socklen_t);
    if (!real) real = dlsym(RTLD_NEXT, "connect");
    const char *path = getenv("EXIT_SOCKET"), *name = getenv("EXIT_HOST");
    if (!path || !name || address->sa_family != AF_INET) return real(fd, address, length);

    int flags = fcntl(fd, F_GETFL);
    int unix_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    strncpy(to.sun_path, path, sizeof to.sun_path - 1);
    if (unix_fd < 0 || real(unix_fd, (struct sockaddr *)&to, sizeof to) < 0) return -1;

    unsigned char header[512] = "\r\n\r\n\0\r\nQUIT\n";
    size_t n = strlen(name), body = 12 + 3 + n;
    header[12] = 0x21;
    header[13] = 0x11;
    header[14] = body >> 8;
    header[15] = body & 0xff;
    memcpy(header + 20, &((struct sockaddr_in *)address)->sin_addr, 4);
    header[16] = 198, header[17] = 18, header[19] = 1;
    header[26] = 443 >> 8;
    header[27] = 443 & 0xff;
    header[28] = 0x02;
    header[30] = n;
    memcpy(header + 31, name, n);
    if (write(unix_fd, header, 16 + body) != (ssize_t)(16 + body)) return -1;
    fcntl(unix_fd, F_SETFL, flags);
    dup2(unix_fd, fd);
    close(unix_fd);
    return 0;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    if (!real) real = dlsym(RTLD_NEXT, "getaddrinfo");
    const char *name = getenv("EXIT_HOST");
    return real(node && name && strcmp(node, name) == 0 ? "127.0.0.1" : node, service, hints, result);
}
