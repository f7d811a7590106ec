"""The way from workers to broker: a TCP proxy that cuts connections within a frame, and stalls."""
import asyncio
import random
import socket
import struct
import threading

LAST_OF_A_FRAME = 0xCE


class Connection:
    def __init__(self, sockets):
        self.sockets = sockets
        self.is_doomed = False

    def reset(self):
        """Both ends get an RST, as from a firewall that has forgotten the connection."""
        for end in self.sockets:
            try:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            except OSError:
                pass
            end.close()


class Proxy:
    """Runs on a thread of its own; its methods may be called from any."""

    def __init__(self, broker_port, seed):
        self.broker_port = broker_port
        self.dice = random.Random(f"proxy {seed}")
        self.connections = set()
        self.loop = asyncio.new_event_loop()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]
        self.flows = asyncio.Event()
        self.flows.set()
        self.cuts = 0
        threading.Thread(target=self._run, daemon=True).start()

    def stall(self):
        """From now on nothing is forwarded, though connections are taken."""
        self.loop.call_soon_threadsafe(self.flows.clear)

    def flow(self):
        self.loop.call_soon_threadsafe(self.flows.set)

    def cut(self, pick):
        """Cuts one connection within the next frame that goes through it."""
        self.loop.call_soon_threadsafe(self._doom, pick)

    def cut_all(self):
        self.loop.call_soon_threadsafe(self._doom, None)

    def _doom(self, pick):
        connections = sorted(self.connections, key=id)
        if pick is not None and connections:
            connections = [connections[int(pick * len(connections))]]
        for connection in connections:
            connection.is_doomed = True

    def _run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.create_task(self._accept())
        self.loop.run_forever()

    async def _accept(self):
        tasks = set()
        while True:
            client, _ = await self.loop.sock_accept(self.listener)
            task = self.loop.create_task(self._serve(client))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    async def _serve(self, client):
        broker = socket.socket()
        connection = Connection((client, broker))
        for end in connection.sockets:
            end.setblocking(False)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connections.add(connection)
        try:
            await self.flows.wait()
            await self.loop.sock_connect(broker, ("127.0.0.1", self.broker_port))
            directions = [asyncio.ensure_future(self._forward(connection, *ends))
                          for ends in ((client, broker), (broker, client))]
            _, pending = await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
            for direction in pending:
                direction.cancel()
            await asyncio.gather(*directions, return_exceptions=True)
        except OSError:
            pass
        finally:
            self.connections.discard(connection)
            connection.reset()

    async def _forward(self, connection, source, target):
        while chunk := await self.loop.sock_recv(source, 65536):
            await self.flows.wait()
            if connection.is_doomed and len(chunk) > 1:
                length = self.dice.randrange(1, len(chunk))
                if chunk[length - 1] == LAST_OF_A_FRAME and length > 1:
                    length -= 1
                await self.loop.sock_sendall(target, chunk[:length])
                self.cuts += 1
                return
            await self.loop.sock_sendall(target, chunk)
