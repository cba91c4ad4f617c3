-- What the source showed, what was committed, and where the blocks are. Every statement that uses these tables is in
-- the Java package io.driftless.adapter.postgres. Rows are per entry of a folder, never per target and entry.

-- ---------------------------------------------------------------------------------------------------------------
-- A synced source. Other tables say the number, which is short.

create table folder (
    number      smallint generated always as identity primary key,
    id          text not null unique,
    incarnation uuid not null,          -- new when the folder is made anew; part of every commit
    begun       boolean not null default false   -- somebody has looked in the store for what it holds of the folder
);

-- Versions of entry rows: one sequence for all folders, so that a row removed and made again never repeats one. No
-- session cache: the newest number handed out must be the highest.
create sequence version as bigint cache 1;

-- ---------------------------------------------------------------------------------------------------------------
-- Keys. A column called key holds the folder's number in two bytes, then what the row is of: the path's key (names
-- parted by zero bytes, so that byte order is path order and a subtree is one range), or an id with its algorithm
-- byte. One column is smaller than two, and it leaves the planner no index that knows only the folder.
--
-- An index entry has room for 2,700 bytes, a path may have 4,095: indexes hold the head of the key, and for the few
-- longer ones a digest that keeps them unique. Queries name the head for the index and the key for the rest; ordering
-- by (head, key) is ordering by key.
--
-- A statement is planned once per connection, perhaps when a table has one row, and kept while it grows to a million.
-- So no statement leaves the planner a choice: each finds its rows by the one index that serves its condition, and
-- joins are lateral, with an offset that keeps them so.

create function head(key bytea) returns bytea
    immutable parallel safe
    return substring(key from 1 for 2000);

create function tail(key bytea) returns bytea
    immutable parallel safe
    return case when length(key) > 2000 then sha256(key) else ''::bytea end;

-- Puts the depth before the path: what is directly in a directory is one range.
create function level(depth smallint, key bytea) returns bytea
    immutable parallel safe
    return substring(substring(key from 1 for 2) || int2send(depth) || substring(key from 3) from 1 for 2000);

-- The folder's number as keys begin with it.
create function folder_of(key bytea) returns bytea
    immutable parallel safe
    return substring(key from 1 for 2);

-- ---------------------------------------------------------------------------------------------------------------
-- What was observed at each path. Written only where the version is still the one read before looking, so an old look
-- never replaces a newer one. A version stands for one content of the row: nothing else ever updates it.

create table entry (
    version  bigint not null,
    inode    bigint,                    -- of stat, to find where a new path was moved from
    due      timestamptz,               -- when to look again; of waiting rows
    depth    smallint not null,         -- names in the path
    state    smallint not null,         -- 0 ok, 1 removed, 2 waiting, 3 skipped
    code     smallint,                  -- why it waits or is skipped: the number of an error code
    tries    integer,                   -- looks so far; of waiting rows
    written  timestamptz not null default clock_timestamp(),   -- or proven: a file that was read and is as it says
    links    integer,                   -- names of the file, in or out of the folder; only where it has several
    key      bytea not null,
    stat     bytea,                     -- encoded; absent of removed rows
    entry    bytea                      -- encoded; what the next commit should hold; absent where that is nothing
) with (fillfactor = 90);               -- a look that finds only another stat stays on its page

create unique index entry_path on entry (head(key), tail(key));
create index entry_child on entry (level(depth, key));
create index entry_inode on entry (inode) where inode is not null;
create index entry_linked on entry (inode) where links is not null;
create index entry_waiting on entry (due) where state = 2;
create index entry_trouble on entry (code) where state in (2, 3);

-- Rows that no commit has taken yet: one for each dirty entry, with its version. A table of its own, because clearing
-- a flag in entry would write the row and all its index entries once more; here a commit deletes one short row.
create table dirty (
    version  bigint not null,           -- always that of the entry: a commit deletes the row only if it took this one
    since    bigint not null,           -- the first version that no commit has taken
    removed  boolean not null,          -- the entry's state is removed: once taken, the entry goes too
    key      bytea not null
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.5);

create unique index dirty_path on dirty (head(key), tail(key));

-- Paths whose row went with the commit that took their removal, and the version of that removal: whoever began to
-- look before that saw something older. Forgotten after an hour: nobody looks that long.
create table gone (
    version bigint not null,
    since   timestamptz not null default now(),
    key     bytea not null
);

create unique index gone_path on gone (head(key), tail(key));
create index gone_since on gone (since);

-- Lists of blocks too long for their entry.
create table content (
    key    bytea primary key,           -- of the content id
    blocks bytea not null               -- encoded
);
alter table content alter column blocks set storage external;   -- digests do not compress

-- How far the cutting of a large file came. Pieces are only added: each holds the blocks after those before it.
create table progress (
    first_block integer not null,
    key         bytea not null,
    stat        bytea not null,         -- encoded; another one at the source makes all pieces void
    blocks      bytea not null
);
alter table progress alter column blocks set storage external;

create unique index progress_path on progress (head(key), tail(key), first_block);

-- Directories of the source that were seen to be mount points. One that no longer is, or another that has become one,
-- counts as unreadable.
create table mount (
    key bytea not null
);

create unique index mount_path on mount (head(key), tail(key));

-- Full scans of the source.
create table run (
    id          uuid primary key,
    folder      smallint not null,
    began       timestamptz not null,
    cursor_key  bytea,                  -- how far the walk came; absent at the beginning
    looked      bigint not null default 0,
    ended       timestamptz,
    end_version bigint                  -- the highest version handed out when it ended
);

-- ---------------------------------------------------------------------------------------------------------------
-- What is stored.

-- States of packs and pages: 0 uploading, 1 live, 2 dying, 3 gone. The row is there before the object, so that an
-- object left behind is known; ids of packs are never used again. Commits are retained from one on. What is known to
-- be needed by no commit from a later one on is dropped; when no retained commit is older than that, it is dying, a
-- grace later gone, and when its object was deleted a second time, a grace after the first, its row goes.
create table pack (
    id         uuid primary key,
    folder     smallint not null,
    state      smallint not null,
    size_bytes bigint,
    since      timestamptz not null default now(),   -- of the state
    needed     bigint not null default 0,   -- the newest commit that used it, or that a search saw it needed by
    dropped    bigint                   -- from this commit on no commit needs it; absent where one may
) with (fillfactor = 80);               -- needed changes with every commit that uses it, and is in no index

create index pack_state on pack (folder, state, since) where state <> 1;
create index pack_kept on pack (folder) where state = 1 and dropped is null;
create index pack_dropped on pack (folder, dropped) where state = 1 and dropped is not null;

-- A page of a manifest is dropped by the commit that supersedes it. Lists of blocks are shared by files that do not
-- know of one another: searches find out about them, as about packs.
create table page (
    state   smallint not null,
    listed  boolean not null default false,   -- of a list of blocks
    since   timestamptz not null default now(),
    needed  bigint not null default 0,
    dropped bigint,
    key     bytea primary key            -- of the page's hash
) with (fillfactor = 90);

create index page_state on page (folder_of(key), state, since) where state <> 1;
create index page_list on page (folder_of(key)) where state = 1 and dropped is null and listed;
create index page_dropped on page (folder_of(key), dropped) where state = 1 and dropped is not null;

-- Where each block lies. One place a block: the first pack that was finished with it.
create table block (
    pack         uuid not null,
    offset_bytes integer not null,      -- a pack has at most 16 MiB
    stored_bytes integer not null,
    plain_bytes  integer not null,
    codec        smallint not null,
    key          bytea primary key       -- of the block's hash
);

create index block_pack on block (pack);   -- blocks go with their pack

-- ---------------------------------------------------------------------------------------------------------------
-- What was committed. Written in commit transactions alone, by whoever holds the folder's lease.

-- The canonical entries as last published. Pages are made of these, never of entry.
create table committed (
    key   bytea not null,
    entry bytea not null
) with (fillfactor = 90);

create unique index committed_path on committed (head(key), tail(key));

create table commit (
    folder smallint not null,
    seq    bigint not null,
    body   bytea not null,              -- the signed record as it is sent
    made   timestamptz not null default now(),
    primary key (folder, seq)
);

create index commit_made on commit (folder, made);

-- Commits whose commit object and record are not confirmed yet.
create table outbox (
    folder smallint not null,
    seq    bigint not null,
    primary key (folder, seq)
);

-- The right to commit (work 0), to collect garbage (work 1) and to read all files of the source (work 2). The token grows each time it changes hands,
-- and whenever it had run out: who let it run out must not go on as if nothing had happened. Time is the database's.
create table lease (
    folder  smallint not null,
    work    smallint not null,
    holder  text,                       -- absent when given back
    token   bigint not null,
    expires timestamptz not null,
    primary key (folder, work)
);

-- How far the reading of all files of the source came. Everything is proven since the last turn that is over began.
create table scrub (
    folder  smallint primary key,
    reached bytea,                      -- the path key of the last file that was read; absent at the beginning of a turn
    began   timestamptz not null,       -- the turn
    since   timestamptz                 -- when the last turn that is over began
);

-- Up to which commit everything was searched for what nothing needs.
create table search (
    folder smallint primary key,
    seq    bigint not null
);

-- ---------------------------------------------------------------------------------------------------------------
-- What people and targets want.

-- A copy of a folder, and the standing wish for it as it is sent.
create table target (
    id     text primary key,
    folder smallint not null,
    wish   bytea not null,
    sent   boolean not null default false    -- the broker has this wish
);

-- What targets say of themselves, as far as it decides which commits are retained.
create table heard (
    target      text primary key,
    folder      smallint not null,
    incarnation uuid not null,
    seq         bigint not null,        -- the commit whose entries are desired there
    pending     bigint not null,        -- how much of it is not as desired
    since       timestamptz not null default now()   -- said so first
);

create index heard_folder on heard (folder);

-- Removals that wait for a person, and those that a person decided on, in the sets in which they are decided on.
create table parked_set (
    id       bigint generated always as identity primary key,
    folder   smallint not null,
    decided  boolean,                   -- absent until then; true: go, false: stay
    weight   bigint not null,           -- entries that were found to go when its members were parked
    opened   timestamptz not null default now(),
    joined   timestamptz not null default now(),     -- when its newest member came
    approval text not null,             -- digest over the sorted paths and versions that it was made of
    unique (folder, approval)
);

create table parked (
    set     bigint not null,
    version bigint not null,            -- of the entry that says so
    key     bytea not null
);

create unique index parked_path on parked (head(key), tail(key));
create index parked_member on parked (set);

-- What commits removed for good, for as long as it counts.
create table loss (
    folder   smallint not null,
    seq      bigint not null,           -- of the commit
    made     timestamptz not null default now(),
    entries  bigint not null,           -- committed before it
    removals bigint not null,
    primary key (folder, seq)
);
