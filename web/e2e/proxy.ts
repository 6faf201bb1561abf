import { type IncomingMessage, type Server as HttpServer, createServer, request } from "node:http";
import { type AddressInfo, connect } from "node:net";

/** A single sign-on proxy as small as one can be: who somebody is stands in a cookie, and every request to the server carries it as a header. */
export class SignOnProxy {
  base = "";
  target = "";
  private readonly http: HttpServer = createServer((incoming, outgoing) => {
    const forward = request(this.target + incoming.url!, { method: incoming.method!, headers: this.headers(incoming) }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
      answer.on("error", () => outgoing.destroy());
    });
    forward.on("error", () => outgoing.writeHead(502).end());
    outgoing.on("close", () => forward.destroy());
    incoming.pipe(forward);
  });

  async start(): Promise<void> {
    this.http.on("upgrade", (incoming, socket, head) => {
      const { hostname, port } = new URL(this.target);
      const onward = connect(Number(port), hostname, () => {
        const lines = Object.entries(this.headers(incoming)).map(([name, value]) => `${name}: ${String(value)}`);
        onward.write(`GET ${incoming.url!} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
        onward.write(head);
        onward.pipe(socket).pipe(onward);
      });
      for (const end of [socket, onward]) {
        end.on("error", () => undefined);
        end.on("close", () => (socket.destroy(), onward.destroy()));
      }
    });
    await new Promise<void>((resolve) => this.http.listen(0, "127.0.0.1", resolve));
    this.base = `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.http.closeAllConnections();
    this.http.close();
  }

  private headers(incoming: IncomingMessage): IncomingMessage["headers"] {
    const person = /(?:^|; )person=([^;]+)/.exec(incoming.headers.cookie ?? "")?.[1];
    const { "x-forwarded-email": _, ...rest } = incoming.headers;
    return { ...rest, "x-forwarded-host": incoming.headers.host ?? "", "x-forwarded-proto": "http", ...(person ? { "x-forwarded-email": decodeURIComponent(person) } : {}) };
  }
}
