"""A Zabbix server that takes what zabbix_sender sends, once: zabbix_server.py PORTFILE >VALUES.json

Writes its port into PORTFILE, and the values of one request to standard output. The protocol is that of
the header "ZBXD" (Zabbix manual, Header and data length): flags, length, and JSON, which may be compressed.
"""

import json
import os
import socket
import struct
import sys
import zlib


def whole(connection, size):
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            sys.exit("the sender has hung up")
        data += part
    return data


def main():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with open(sys.argv[1] + ".new", "w", encoding="utf-8") as file:
            file.write(str(server.getsockname()[1]))
        os.rename(sys.argv[1] + ".new", sys.argv[1])
        values = []
        # A sender sends at most 250 values with one connection.
        server.settimeout(60)
        connection, _ = server.accept()
        with connection:
            magic, flags, size, _ = struct.unpack("<4sBII", whole(connection, 13))
            if magic != b"ZBXD":
                sys.exit(f"not the header: {magic}")
            data = whole(connection, size)
            request = json.loads(zlib.decompress(data) if flags & 2 else data)
            values += request["data"]
            info = f"processed: {len(values)}; failed: 0; total: {len(values)}; seconds spent: 0.000001"
            answer = json.dumps({"response": "success", "info": info}).encode()
            connection.sendall(struct.pack("<4sBII", b"ZBXD", 1, len(answer), 0) + answer)
    json.dump(values, sys.stdout)


main()
