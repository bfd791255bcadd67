/* A Modbus server on libmodbus for the interoperability tests: TCP on a free port, or RTU on a terminal.
 *
 *   modbus_server tcp            prints "ready PORT"
 *   modbus_server rtu DEVICE     prints "ready 0"; 19200 8N1 (a pseudo terminal has no parity), unit 1
 *
 * Registers 0..299, coils and inputs 0..63, input registers 0..63 holding 100 + n; everything else is an
 * illegal address. It ends when standard input closes.
 */
#include <errno.h>
#include <modbus/modbus.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <unistd.h>

static int serve(modbus_t *bus, modbus_mapping_t *map, int descriptor)
{
    struct pollfd watched[2] = {{.fd = 0, .events = POLLIN}, {.fd = descriptor, .events = POLLIN}};
    unsigned char query[MODBUS_TCP_MAX_ADU_LENGTH];
    for (;;) {
        if (poll(watched, 2, -1) < 0)
            return 1;
        if (watched[0].revents)
            return 1;
        if (!watched[1].revents)
            continue;
        int size = modbus_receive(bus, query);
        if (size > 0)
            modbus_reply(bus, query, size, map);
        else if (size < 0 && errno != EMBBADCRC && errno != ETIMEDOUT)
            return 0;
    }
}

int main(int count, char **arguments)
{
    modbus_mapping_t *map = modbus_mapping_new(64, 64, 300, 64);
    for (int n = 0; n < 64; n++) {
        map->tab_input_registers[n] = 100 + n;
        map->tab_input_bits[n] = n % 3 == 0;
    }
    if (count == 3 && strcmp(arguments[1], "rtu") == 0) {
        modbus_t *bus = modbus_new_rtu(arguments[2], 19200, 'N', 8, 1);
        modbus_set_slave(bus, 1);
        if (modbus_connect(bus) < 0) {
            fprintf(stderr, "%s\n", modbus_strerror(errno));
            return 1;
        }
        printf("ready 0\n");
        fflush(stdout);
        while (!serve(bus, map, modbus_get_socket(bus)))
            modbus_flush(bus);
        return 0;
    }
    modbus_t *bus = modbus_new_tcp("127.0.0.1", 0);
    int listener = modbus_tcp_listen(bus, 4);
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    if (listener < 0 || getsockname(listener, (struct sockaddr *)&address, &length) < 0) {
        fprintf(stderr, "%s\n", modbus_strerror(errno));
        return 1;
    }
    printf("ready %d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        struct pollfd watched[2] = {{.fd = 0, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
        if (poll(watched, 2, -1) < 0 || watched[0].revents)
            return 0;
        if (modbus_tcp_accept(bus, &listener) < 0)
            return 1;
        int ended = serve(bus, map, modbus_get_socket(bus));
        modbus_close(bus);
        if (ended)
            return 0;
    }
}
