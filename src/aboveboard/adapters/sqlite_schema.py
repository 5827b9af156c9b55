"""Enters: nothing. Leaves: the tables of a device's SQLite file."""

from __future__ import annotations

SCHEMA = """
create table if not exists events (
    metric text not null, day text not null, key text not null,
    leave integer not null, count integer not null, adds_up integer not null,
    primary key (metric, day, key, leave)
) without rowid;
create table if not exists gathered (
    file text not null, slot integer not null, count integer not null,
    primary key (file, slot)
) without rowid;
create table if not exists reports (
    number integer primary key, id text not null unique, week text not null,
    body blob not null, token text not null, day text not null
);
create table if not exists sendings (
    number integer primary key, report text not null, destination text not null,
    fate text not null, answer text not null, url text not null, at text not null,
    tries integer not null, due integer not null, sealed integer not null, day text not null,
    unique (report, destination)
);
create table if not exists said (
    week text not null, metric text not null, report text not null,
    primary key (week, metric, report)
) without rowid;
create table if not exists kept (name text primary key, content blob not null) without rowid;
"""
