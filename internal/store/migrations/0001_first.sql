-- The record. Every row here has its digest in an entry of the log.

create table installation (
    id {{int}} primary key check (id = 1),
    uuid text not null,
    salt {{blob}} not null,
    system_verifier {{blob}} not null,
    log_verifier text not null,
    demo {{int}} not null check (demo in (0, 1)),
    institution text not null
) {{strict}};

create table statement (
    n {{int}} primary key,
    id text not null unique {{c}},
    kind text not null,
    body {{blob}} not null,
    signatures {{blob}} not null,
    day text not null
) {{strict}};

-- Version 1 is the reference data that the program ships.
create table policy (
    version {{int}} primary key,
    data {{blob}} not null,
    day text not null
) {{strict}};

create table member (
    id text primary key {{c}},
    email text not null unique {{c}},
    params text not null,
    sealed_secret {{blob}} not null,
    sealed_totp {{blob}} not null,
    founders_copy {{blob}} not null,
    confidential_day text not null
) {{strict}};

create table cases (
    id text primary key {{c}},
    number text not null unique {{c}},
    locator {{blob}} not null unique,
    institution text not null {{c}},
    category text not null {{c}},
    track text not null {{c}},
    state text not null {{c}},
    previous text not null {{c}},
    received text not null {{c}},
    changed text not null {{c}},
    due text not null {{c}},
    due_id text not null {{c}},
    epoch {{int}} not null,
    sequence {{int}} not null,
    reporter_recipient text not null,
    reporter_verifier {{blob}} not null
) {{strict}};
create index cases_state on cases (state);

create table case_epoch (
    case_id text not null {{c}} references cases (id),
    epoch {{int}} not null,
    recipient text not null,
    signer text not null,
    signature {{blob}} not null,
    day text not null,
    primary key (case_id, epoch)
) {{strict}};

-- The first of two signatures under an erasure.
create table erasure_asked (
    id text primary key {{c}},
    case_id text not null {{c}} references cases (id),
    number text not null,
    institution text not null {{c}},
    asked text not null {{c}},
    digest {{blob}} not null,
    grounds text not null,
    first text not null {{c}},
    first_signature {{blob}} not null
) {{strict}};
create index erasure_asked_case on erasure_asked (case_id);

-- What is left of an erased case: who signed, and what is counted.
create table erasure (
    case_id text primary key {{c}},
    number text not null,
    institution text not null {{c}},
    asked text not null {{c}},
    digest {{blob}} not null,
    grounds text not null,
    first text not null {{c}},
    first_signature {{blob}} not null,
    second text not null {{c}},
    second_signature {{blob}} not null,
    day text not null {{c}},
    until text not null {{c}}
) {{strict}};

create table tombstone (
    case_id text primary key {{c}},
    number text not null unique {{c}},
    institution text not null {{c}},
    category text not null {{c}},
    track text not null {{c}},
    first text not null {{c}},
    last text not null {{c}}
) {{strict}};

-- A new case code for an old one: the keys that it ended.
create table case_code (
    case_id text not null {{c}} references cases (id),
    n {{int}} not null,
    mark {{blob}} not null,
    recipient text not null,
    verifier {{blob}} not null,
    envelope_id text not null {{c}},
    signature {{blob}} not null,
    day text not null,
    primary key (case_id, n)
) {{strict}};

create table case_event (
    case_id text not null {{c}} references cases (id),
    n {{int}} not null,
    name text not null {{c}},
    day text not null {{c}},
    primary key (case_id, n)
) {{strict}};
create index event_retaliation on case_event (case_id) where name = 'retaliation_reported';

-- Where a case or consultation stands, signed by who acted. State, track, events
-- and measures elsewhere are copies for lists.
create table case_status (
    case_id text not null {{c}},
    n {{int}} not null,
    body {{blob}} not null,
    author text not null {{c}},
    signature {{blob}} not null,
    day text not null,
    primary key (case_id, n)
) {{strict}};

create table case_grant (
    id text primary key {{c}},
    case_id text not null {{c}} references cases (id),
    member_id text not null {{c}},
    giver text not null {{c}},
    via text not null {{c}},
    epoch {{int}} not null,
    stated {{int}} not null check (stated in (0, 1)),
    day text not null,
    sealed {{blob}} not null,
    signature {{blob}} not null
) {{strict}};
create unique index case_grant_case on case_grant (case_id, member_id, epoch);
create index case_grant_member on case_grant (member_id, case_id);

create table envelope (
    case_id text not null {{c}} references cases (id),
    sequence {{int}} not null,
    id text not null unique {{c}},
    kind text not null {{c}},
    author text not null {{c}},
    epoch {{int}} not null,
    reporter {{int}} not null check (reporter in (0, 1)),
    day text not null,
    sealed {{blob}} not null,
    primary key (case_id, sequence)
) {{strict}};

create table proposal (
    id text primary key {{c}},
    case_id text not null {{c}} references cases (id),
    step text not null {{c}},
    proposer text not null {{c}},
    state text not null check (state in ('open', 'approved', 'rejected')),
    decider text not null {{c}},
    day text not null
) {{strict}};
create index proposal_open on proposal (case_id, state);

-- A reporter's personal details, apart from the case (sealing.md §6).
create table vault (
    id text primary key {{c}},
    case_id text not null unique {{c}} references cases (id),
    dealer text not null {{c}},
    recipient text not null,
    day text not null,
    sealed {{blob}} not null
) {{strict}};

create table vault_share (
    vault_id text not null {{c}} references vault (id),
    member_id text not null {{c}},
    case_id text not null {{c}} references cases (id),
    dealer text not null {{c}},
    digest {{blob}} not null,
    day text not null,
    sealed {{blob}} not null,
    primary key (vault_id, member_id)
) {{strict}};
create index vault_share_case on vault_share (case_id);

create table vault_request (
    id text primary key {{c}},
    case_id text not null {{c}} references cases (id),
    vault_id text not null {{c}},
    purpose text not null check (purpose in ('open', 'renew')),
    asker text not null {{c}},
    decider text not null {{c}},
    state text not null check (state in ('lent', 'used', 'ended')),
    day text not null,
    until text not null {{c}},
    sealed {{blob}} not null
) {{strict}};
create index vault_request_case on vault_request (case_id);
create index vault_request_state on vault_request (state, until);

-- What stands in the clear of a measure: the rest is sealed.
create table measure (
    case_id text not null {{c}} references cases (id),
    n {{int}} not null,
    due text not null {{c}},
    state text not null check (state in ('open', 'done', 'handed_over')),
    primary key (case_id, n)
) {{strict}};
create index measure_open on measure (state, due);

-- A lesson for all institutions: nobody can be recognised in it.
create table lesson (
    id text primary key {{c}},
    day text not null {{c}},
    title text not null,
    text text not null
) {{strict}};

-- A file is scratch (receiving, received) until it is filed with a message;
-- case_id is then set, and its digest stands in the entry.
create table file (
    id text primary key {{c}},
    draft {{blob}} not null,
    state text not null check (state in ('receiving', 'received', 'filed')),
    case_id text not null {{c}},
    envelope_id text not null {{c}},
    size {{int}} not null,
    chunks {{int}} not null,
    sha256 {{blob}} not null,
    chunk_digests {{blob}} not null,
    day text not null {{c}}
) {{strict}};
create index file_state on file (state, day, size);
create index file_case on file (case_id, id);

create table chunk (
    file_id text not null {{c}} references file (id),
    n {{int}} not null,
    data {{blob}} not null,
    primary key (file_id, n)
) {{strict}};

-- A declaration in an institution's gift register: sealed to its responsible
-- persons of the day, signed with a key of this declaration alone.
create table gift (
    id text primary key {{c}},
    institution text not null {{c}},
    number text not null unique {{c}},
    verifier {{blob}} not null,
    day text not null {{c}},
    sealed {{blob}} not null
) {{strict}};
create index gift_institution on gift (institution, day, number);

-- A talk with trust persons: no case. Nothing but the row is left when it is
-- erased. parties and readers are member ids with blanks between.
create table consultation (
    id text primary key {{c}},
    number text not null unique {{c}},
    locator {{blob}} not null unique,
    institution text not null {{c}},
    parties text not null,
    state text not null check (state in ('open', 'ended', 'erased')),
    received text not null {{c}},
    changed text not null {{c}},
    until text not null {{c}},
    recipient text not null,
    verifier {{blob}} not null
) {{strict}};
create index consultation_institution on consultation (institution, received);
create index consultation_state on consultation (state, changed);

create table consultation_text (
    consultation_id text not null {{c}} references consultation (id),
    sequence {{int}} not null,
    id text not null unique {{c}},
    kind text not null check (kind in ('consultation', 'consultation_note')),
    author text not null {{c}},
    readers text not null,
    day text not null,
    sealed {{blob}} not null,
    primary key (consultation_id, sequence)
) {{strict}};

-- kind and actor are copies from the body, and go with it.
create table entry (
    idx {{int}} primary key,
    generation {{int}} not null,
    day text not null {{c}},
    stream text not null {{c}},
    number {{int}} not null,
    prev {{blob}} not null,
    sum {{blob}} not null,
    kind text not null {{c}},
    actor text not null {{c}},
    body {{blob}} not null,
    blinding {{blob}} not null
) {{strict}};
create unique index entry_stream on entry (stream, number);

-- The state of every stream as of the last closed day, and the roots of the
-- buckets they stand in, 256 of them a row.
create table stream (
    bucket {{int}} not null,
    stream text not null {{c}},
    count {{int}} not null,
    last {{blob}} not null,
    primary key (bucket, stream)
) {{strict}};

create table bucket (
    block {{int}} primary key,
    roots {{blob}} not null
) {{strict}};

create table node (
    id {{int}} primary key,
    hash {{blob}} not null
) {{strict}};

create table tree_head (
    id {{int}} primary key check (id = 1),
    size {{int}} not null,
    note {{blob}} not null
) {{strict}};

create table checkpoint (
    day text primary key {{c}},
    size {{int}} not null,
    note {{blob}} not null
) {{strict}};

-- What other logs signed of a checkpoint.
create table cosignature (
    size {{int}} not null,
    key text not null {{c}},
    line text not null,
    day text not null,
    primary key (size, key)
) {{strict}};

-- Scratch: no record, never in a backup, lost without harm.

create table tmp_invitation (
    code_hash {{blob}} primary key,
    institution text not null,
    roles text not null,
    founding {{int}} not null,
    until_ms {{int}} not null
) {{strict}};

create table tmp_enrolment (
    id text primary key {{c}},
    email text not null unique {{c}},
    name text not null,
    contact text not null,
    institution text not null,
    roles text not null,
    founding {{int}} not null,
    recipient text not null,
    verifier {{blob}} not null,
    params text not null,
    sealed_secret {{blob}} not null,
    sealed_totp {{blob}} not null,
    founders_copy {{blob}} not null,
    confidential_day text not null
) {{strict}};

create table tmp_statement (
    id text primary key {{c}},
    kind text not null,
    body {{blob}} not null,
    signatures {{blob}} not null,
    member_id text not null {{c}},
    day text not null
) {{strict}};

create table tmp_session (
    hash {{blob}} primary key,
    member_id text not null {{c}},
    sealed {{blob}} not null,
    started_ms {{int}} not null,
    seen_ms {{int}} not null
) {{strict}};
create index tmp_session_member on tmp_session (member_id);

create table tmp_case_session (
    hash {{blob}} primary key,
    case_id text not null {{c}},
    sealed {{blob}} not null,
    ends_ms {{int}} not null,
    last_ms {{int}} not null
) {{strict}};

create table tmp_throttle (
    name_hash {{blob}} primary key,
    wrong {{int}} not null,
    until_ms {{int}} not null
) {{strict}};

create table tmp_known_browser (
    hash {{blob}} primary key,
    member_id text not null {{c}},
    until text not null {{c}}
) {{strict}};

create table tmp_totp (
    step_hash {{blob}} primary key,
    until_ms {{int}} not null
) {{strict}};

create table tmp_security (
    id text primary key {{c}},
    member_id text not null {{c}},
    kind text not null,
    day text not null {{c}}
) {{strict}};

create table tmp_figures (
    institution text not null {{c}},
    quarter text not null {{c}},
    open {{int}} not null,
    overdue {{int}} not null,
    measures {{int}} not null,
    late {{int}} not null,
    systemic {{int}} not null,
    primary key (institution, quarter)
) {{strict}};

create table tmp_verify (
    id {{int}} primary key check (id = 1),
    note {{blob}} not null
) {{strict}};
