"""Django's PostgreSQL engine and what a long-lived, many-threaded site needs besides.

- With `EMBEDDED_DIR` in the settings the embedded cluster of that directory is started at the first connection, and
  again at any later one that finds it gone. Importing settings starts nothing. Without it, HOST and the rest count.
- A thread that ends gives its connection back. Django leaves it to the garbage collector, which may come late or
  never: each such thread would cost the pool a connection, until everyone waits.
- With `STATEMENT_SECONDS` PostgreSQL ends any statement that takes longer, so that one whose plan went wrong keeps no
  thread and no connection from everybody else.
- A forked child begins with no connection: to speak on its parent's sockets would mix two conversations.

Django loads the class by its name from a module `base` (django.db.utils.load_backend).
"""

from __future__ import annotations

import atexit
import functools
import os
import select
import threading
import weakref
from collections.abc import Iterable
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base, client, creation
from psycopg_pool import ConnectionPool

from config.embedded import DATABASE, Cluster, cluster_at
from config.embedded_programs import program

_inherited: list[object] = []  # of a forked child; kept, since what destroys them would speak on the parent's sockets


class DatabaseClient(client.DatabaseClient):
    """`manage.py dbshell`, also for the embedded database."""

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        """How to call psql; for the embedded database the wheel's own, once the server runs."""
        cluster = _cluster_of(settings_dict)
        if cluster is None:
            return super().settings_to_cmd_args_env(settings_dict, parameters)
        cluster.start()
        address = {"HOST": cluster.host, "PORT": cluster.port, "USER": cluster.user}
        (_, *options), env = super().settings_to_cmd_args_env(settings_dict | address, parameters)
        return [str(program("psql")), *options], env


class DatabaseCreation(creation.DatabaseCreation):
    """Creates the databases of the tests."""

    def _create_test_db(self, *args: Any, **kwargs: Any) -> str:
        """Leave no open pool behind: it would go on with the real database under the test's alias."""
        name: str = super()._create_test_db(*args, **kwargs)  # type: ignore[misc]  # the stubs lack it
        self.connection.close()
        self.connection.close_pool()
        return name


class DatabaseWrapper(base.DatabaseWrapper):
    """One thread's connection to PostgreSQL."""

    client_class = DatabaseClient
    creation_class = DatabaseCreation
    _connection_pools: dict[str, Any]  # Django's, by alias
    _living: weakref.WeakSet[DatabaseWrapper] = weakref.WeakSet()

    def __init__(self, settings_dict: dict[str, Any], alias: str = DEFAULT_DB_ALIAS) -> None:
        super().__init__(settings_dict, alias)
        self._cluster = _cluster_of(settings_dict)
        if self._cluster and settings_dict["NAME"] == "":
            settings_dict["NAME"] = DATABASE
        self._at_thread_end: weakref.finalize[Any, Any] | None = None
        self._living.add(self)

    def get_connection_params(self) -> dict[str, Any]:
        """Django's parameters, with the address of the embedded server, which runs from now on."""
        params = super().get_connection_params()
        if self._cluster is not None:
            if not self._cluster.started:
                self._cluster.start()
            params |= {"host": self._cluster.host, "port": self._cluster.port, "user": self._cluster.user}
        return params

    @property
    def pool(self) -> Any:
        """Django's pool, but what asks for a connection does not first ask the server whether it lives: see `living`.

        New connections first see to it that the embedded server runs.
        """
        options = self.settings_dict["OPTIONS"].get("pool")
        if not options or self.alias == NO_DB_ALIAS:
            return None
        if self.alias not in self._connection_pools:
            self._connection_pools.setdefault(self.alias, self._new_pool(options))
            atexit.unregister(_close_pools)
            atexit.register(_close_pools)  # after the cluster's own, so it runs before the server is stopped
        return self._connection_pools[self.alias]

    def _new_pool(self, options: dict[str, Any]) -> ConnectionPool[Any]:
        params = self.get_connection_params() | {"autocommit": True}
        return ConnectionPool(
            kwargs=functools.partial(_with_server, self._cluster, params) if self._cluster else params,
            open=False,  # opened by the first thread that needs a connection
            configure=self._configure_anew,
            check=living,
            **options,
        )

    def _configure_anew(self, connection: psycopg.Connection[Any]) -> None:
        """Once for each connection that the pool opens; Django's own part comes again whenever one is taken."""
        self._configure_connection(connection)  # type: ignore[attr-defined]  # the stubs lack it
        if seconds := self.settings_dict.get("STATEMENT_SECONDS"):
            connection.execute(f"SET statement_timeout = '{int(seconds)}s'")

    def close_pool(self) -> None:
        """Close the pool, if there is one; Django would make one to close it."""
        if self.alias in self._connection_pools:
            super().close_pool()

    def close_if_health_check_failed(self) -> None:
        """The pool checks its connections itself; Django would open it here, where no error of ours is translated."""
        if self.connection is not None:
            super().close_if_health_check_failed()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection that goes back when this thread ends, if nobody closes it before."""
        if self._cluster and self.pool is None:
            self._cluster.start()
        connection = super().get_new_connection(conn_params)
        self._at_thread_end = weakref.finalize(_thread_token(), _give_back, os.getpid(), weakref.ref(self), connection)
        self._at_thread_end.atexit = False
        return connection

    def _close(self) -> None:
        super()._close()  # type: ignore[misc]  # the stubs lack it
        if self._at_thread_end is not None:
            self._at_thread_end.detach()

    def _leave_to_parent(self) -> None:
        if self.connection is not None:
            _inherited.append(self.connection)
            self.connection = None


def _cluster_of(settings_dict: dict[str, Any]) -> Cluster | None:
    directory = settings_dict.get("EMBEDDED_DIR")
    return cluster_at(str(directory)) if directory else None


class _Token:
    """Lives as long as its thread: only the thread's own storage refers to it, and no cycle keeps it."""


_threads = threading.local()


def _thread_token() -> _Token:
    token: _Token | None = getattr(_threads, "token", None)
    if token is None:
        token = _threads.token = _Token()
    return token


def _give_back(process: int, wrapper: weakref.ref[DatabaseWrapper], connection: Any) -> None:
    """Return a connection to its pool, or close it; in a forked child, where the thread does not exist, keep it."""
    if os.getpid() != process:
        _inherited.append(connection)
        return
    owner = wrapper()
    if owner is not None and owner.connection is connection:
        owner.connection = None
    pool = getattr(connection, "_pool", None)
    if pool is None:
        connection.close()
    else:
        pool.putconn(connection)


def living(connection: psycopg.Connection[Any]) -> None:
    """Raise the database's error if the server has left this connection.

    A server that ends, or is killed, closes its end, and the kernel knows at once: that costs no round trip, where
    Django's check asks `SELECT 1` before every request. Only if something unexpected can be read is the server asked.
    A server that vanishes with its network is noticed by the keepalives of TCP (see `DATABASES`).
    """
    if _readable(connection.fileno()):
        ConnectionPool.check_connection(connection)


def _readable(file: int) -> bool:
    poll = select.poll()
    poll.register(file, select.POLLIN)
    return bool(poll.poll(0))


def _with_server(cluster: Cluster, params: dict[str, Any]) -> dict[str, Any]:
    cluster.start()
    return params


def _close_pools() -> None:
    """At the end of the process: a pool would go on asking for the server that is being stopped."""
    for pool in DatabaseWrapper._connection_pools.values():
        pool.close()


def _leave_to_parent() -> None:
    """A forked child shares no connection and no pool: its pool's threads stayed behind."""
    pools = DatabaseWrapper._connection_pools
    _inherited.extend(pools.values())
    pools.clear()
    for wrapper in DatabaseWrapper._living:
        wrapper._leave_to_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
