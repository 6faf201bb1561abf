"""The peer: terminado as Jupyter has it, one terminal for each name. usage: terminado_server.py PORT; runs what ?command= says."""
import sys
import tornado.ioloop
import tornado.web
from terminado import NamedTermManager, TermSocket


class Manager(NamedTermManager):
    def get_terminal(self, term_name):
        if term_name in self.terminals:
            return self.terminals[term_name]
        terminal = self.new_terminal(shell_command=["/bin/bash", "-c", self.commands[term_name]])
        terminal.term_name = term_name
        self.terminals[term_name] = terminal
        self.start_reading(terminal)
        return terminal


class Socket(TermSocket):
    def open(self, url_component=None):
        self.term_manager.commands[url_component] = self.get_query_argument("command")
        super().open(url_component)


manager = Manager(shell_command=["/bin/bash"], max_terminals=200)
manager.commands = {}
application = tornado.web.Application([(r"/ws/(\w+)", Socket, {"term_manager": manager})])
application.listen(int(sys.argv[1]), "127.0.0.1")
print("listening", flush=True)
tornado.ioloop.IOLoop.current().start()
