#!/usr/bin/env python3
"""A client of caisson.terminal.v1, written from docs/terminal-protocol.md alone, with the standard library alone.

usage: terminal_client.py SOCKET TERMINAL, then on standard input, a line each:
  type TEXT (JSON string) | resize COLUMNS ROWS | until TEXT (JSON string) | cut | end
Cut ends the connection without a word and resumes. At the end it prints a JSON object with all that it saw.
"""
import base64, json, os, socket, struct, sys


class Cut(Exception):
    pass


class Terminal:
    def __init__(self, path, terminal):
        self.path, self.terminal = path, terminal
        self.viewer, self.next, self.output, self.pending, self.taken = None, 0, b"", b"", 0
        self.size, self.window, self.gaps, self.exit, self.close = None, None, [], None, None
        self.connect()

    def connect(self):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(60)
        self.socket.connect(self.path)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((
            f"GET /api/v1/terminals/{self.terminal}/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: caisson.terminal.v1\r\n\r\n").encode())
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += self.exactly(1)
        if b" 101 " not in answer.split(b"\r\n")[0]:
            raise SystemExit(answer.decode())
        attach = {"version": 1, "from": self.next}
        if self.viewer:
            attach["viewer"] = self.viewer
        if self.window:  # the server may not have seen what was sent last before a cut
            attach["columns"], attach["rows"] = self.window
        self.send(b"\x81" + json.dumps(attach).encode())
        while not self.receive():
            pass
        if self.pending:
            self.send(b"\x82" + struct.pack(">Q", self.taken) + self.pending)

    def exactly(self, count):
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                raise Cut
            data += piece
        return data

    def send(self, frame, opcode=2):
        length = len(frame)
        head = bytes([0x80 | opcode]) + (bytes([0x80 | length]) if length < 126 else b"\xfe" + struct.pack(">H", length)
                                         if length < 65536 else b"\xff" + struct.pack(">Q", length))
        self.socket.sendall(head + b"\0\0\0\0" + frame)  # a mask of zeros is a mask

    def message(self):
        data = b""
        while True:
            first, length = self.exactly(2)
            if length >= 126:
                length = struct.unpack(">H", self.exactly(2))[0] if length == 126 else struct.unpack(">Q", self.exactly(8))[0]
            piece = self.exactly(length)
            if first & 15 == 8:
                self.close = struct.unpack(">H", piece[:2])[0] if piece else 1005
                raise Cut
            if first & 15 == 9:
                self.send(piece, 10)
            elif first & 15 < 8:
                data += piece
                if first & 0x80:
                    return data

    def receive(self):
        """One frame; true for HELLO."""
        frame = self.message()
        opcode, body = frame[0], frame[1:]
        if opcode == 0x01:
            hello = json.loads(body)
            self.viewer, self.size = hello["viewer"], [hello["columns"], hello["rows"]]
            self.applied(hello["inputSequence"])
        elif opcode == 0x02:
            offset = struct.unpack(">Q", body[:8])[0]
            assert offset == self.next, (offset, self.next)
            self.output += body[8:]
            self.next = offset + len(body) - 8
            self.send(b"\x83" + struct.pack(">Q", self.next))
        elif opcode == 0x03:
            start, self.next = struct.unpack(">QQ", body)
            self.gaps.append([start, self.next])
        elif opcode == 0x04:
            self.next = struct.unpack(">Q", body[2:10])[0]
        elif opcode == 0x05:
            self.applied(struct.unpack(">Q", body)[0])
        elif opcode == 0x06:
            self.size = list(struct.unpack(">HH", body))
        elif opcode == 0x08:
            self.exit = json.loads(body)
        return opcode == 0x01

    def applied(self, sequence):
        self.pending, self.taken = self.pending[sequence - self.taken:], sequence

    def type(self, text):
        at, data = self.taken + len(self.pending), text.encode()
        self.pending += data
        self.send(b"\x82" + struct.pack(">Q", at) + data)


def main():
    terminal = Terminal(sys.argv[1], sys.argv[2])
    for line in sys.stdin:
        verb, _, rest = line.strip().partition(" ")
        if verb == "type":
            terminal.type(json.loads(rest))
        elif verb == "resize":
            terminal.window = list(map(int, rest.split()))
            terminal.send(b"\x84" + struct.pack(">HH", *terminal.window))
        elif verb == "until":
            while json.loads(rest).encode() not in terminal.output:
                terminal.receive()
        elif verb == "cut":
            terminal.socket.close()
            terminal.connect()
        elif verb == "end":
            try:
                while True:
                    terminal.receive()
            except Cut:
                break
    print(json.dumps({"output": terminal.output.decode(), "gaps": terminal.gaps, "size": terminal.size, "exit": terminal.exit, "close": terminal.close}))


main()
