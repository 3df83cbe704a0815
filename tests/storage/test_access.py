"""Who gets in, what they may do, and where."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlmodel import Session

from storage import access
from storage.access import Actor, Held, IssuedInvitation, Permission, Role
from storage.db import Database
from storage.refusals import Conflict, InvitationRefused, NotAllowed, NotFound
from tests.storage.office import NINE, Office, together

YES, NO = True, False

# What each role may do. Change it here first, and on purpose.
MATRIX = {
    Role.JEUGDBESCHERMER: (YES, YES, YES, YES, NO, NO, NO, NO),
    Role.TEAMLEIDER: (YES, YES, YES, YES, YES, YES, NO, NO),
    Role.GEBIEDSMANAGER: (YES, YES, YES, YES, YES, YES, NO, NO),
    Role.AANDACHTSFUNCTIONARIS: (YES, NO, NO, NO, NO, NO, NO, NO),
    Role.KENNISBEHEERDER: (YES, NO, NO, NO, NO, NO, YES, NO),
    Role.BEHEERDER: (YES, NO, NO, NO, NO, NO, NO, YES),
}
COLUMNS = (
    Permission.ASK,
    Permission.OPEN_ZAAK,
    Permission.SEE_ZAKEN,
    Permission.HANDLE_TERMIJN,
    Permission.ASSIGN,
    Permission.SEE_TEAM,
    Permission.KEEP_CONTENT,
    Permission.MANAGE,
)


def invite(
    database: Database, role: Role = Role.JEUGDBESCHERMER, team: str | None = "Noord"
) -> IssuedInvitation:
    return database.write(access.invite, now=NINE, role=role, team=team)


def accept(
    database: Database,
    token: str,
    *,
    channel_id: int = 1,
    now: datetime = NINE,
    first_name: str = "Sanne",
) -> Actor:
    return database.write(
        access.accept_invitation,
        now=now,
        token=token,
        channel_id=channel_id,
        first_name=first_name,
        first_digest_at=NINE + timedelta(days=1),
    )


@pytest.fixture
def noord(database: Database) -> int:
    return database.write(access.add_team, now=NINE, name="Noord")


# Invitations


def test_an_invitation_lets_one_person_in_with_its_role(database: Database, noord: int) -> None:
    actor = accept(database, invite(database).token)
    assert actor.held == (Held(role=Role.JEUGDBESCHERMER, team_id=noord),)
    assert actor.first_name == "Sanne"
    assert database.read(access.actor_by_channel, 1) == actor
    assert database.read(access.actor_by_id, actor.person_id) == actor


@pytest.mark.usefixtures("noord")
def test_an_invitation_works_once(database: Database) -> None:
    token = invite(database).token
    accept(database, token)
    with pytest.raises(InvitationRefused):
        accept(database, token, channel_id=2)
    with pytest.raises(InvitationRefused):
        accept(database, token, channel_id=1)
    assert database.read(access.actor_by_channel, 2) is None


@pytest.mark.usefixtures("noord")
def test_of_two_at_once_exactly_one_gets_in(database: Database) -> None:
    token = invite(database).token
    results = together(*(partial(accept, database, token, channel_id=n) for n in (1, 2)))
    assert sorted(type(result).__name__ for result in results) == ["Actor", "InvitationRefused"]
    inside = [database.read(access.actor_by_channel, n) for n in (1, 2)]
    assert sum(actor is not None for actor in inside) == 1


@pytest.mark.usefixtures("noord")
def test_an_expired_invitation_is_refused_from_its_last_moment_on(database: Database) -> None:
    issued = invite(database)
    assert issued.expires_at == NINE + access.INVITATION_LIFE
    with pytest.raises(InvitationRefused):
        accept(database, issued.token, now=issued.expires_at)
    accept(database, issued.token, now=issued.expires_at - timedelta(seconds=1))


@pytest.mark.parametrize("token", ["", "unknown", "A" * 32, "é\N{GRINNING FACE}"])
def test_an_unknown_token_is_refused(database: Database, token: str) -> None:
    with pytest.raises(InvitationRefused):
        accept(database, token)


def test_of_a_token_only_the_hash_is_kept(office: Office) -> None:
    token = invite(office.database).token
    for table in ("invitation", "journal"):
        stored = str(office.sql(f"SELECT * FROM {table}"))  # noqa: S608
        assert "invitation_made" in stored or "jeugdbeschermer" in stored
        assert token not in stored


def test_a_role_of_a_team_needs_its_team(database: Database) -> None:
    for role in (Role.JEUGDBESCHERMER, Role.TEAMLEIDER, Role.GEBIEDSMANAGER):
        for nothing in (None, ""):
            with pytest.raises(Conflict) as refused:
                invite(database, role, nothing)
            assert refused.value.text_id == "rol-zonder-team"


def test_a_team_that_is_not_there_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound) as refused:
        invite(database, team="Oost")
    assert refused.value.text_id == "team-onbekend"


def test_a_role_outside_any_team_stays_outside(database: Database) -> None:
    actor = accept(database, invite(database, Role.BEHEERDER, None).token)
    assert actor.held == (Held(role=Role.BEHEERDER, team_id=None),)
    assert actor.teams(Permission.ASK) == ()
    assert actor.may(Permission.ASK)


def test_a_second_invitation_adds_a_role(office: Office) -> None:
    token = invite(office.database, Role.TEAMLEIDER, "Zuid").token
    actor = accept(office.database, token, channel_id=office.sanne.channel_id, first_name="Other")
    assert actor.person_id == office.sanne.person_id
    assert actor.first_name == "Sanne"
    assert actor.held == (
        Held(role=Role.JEUGDBESCHERMER, team_id=office.noord),
        Held(role=Role.TEAMLEIDER, team_id=office.zuid),
    )
    schedules = office.sql(
        "SELECT team_id FROM digest_schedule WHERE person_id = :id", id=actor.person_id
    )
    assert [row[0] for row in schedules] == [office.zuid]


def test_the_same_role_again_is_kept_once(office: Office) -> None:
    before = office.counts()
    token = invite(office.database, Role.TEAMLEIDER).token
    actor = accept(office.database, token, channel_id=office.thea.channel_id)
    assert actor == office.thea
    after = office.counts()
    assert after["role_grant"] == before["role_grant"]
    assert after["digest_schedule"] == before["digest_schedule"]


def test_only_a_team_lead_gets_a_digest(office: Office) -> None:
    people = {row[0] for row in office.sql("SELECT person_id FROM digest_schedule")}
    assert people == {office.thea.person_id, office.zeno.person_id}


def test_a_long_first_name_is_cut(office: Office) -> None:
    token = invite(office.database).token
    actor = accept(office.database, token, channel_id=77, first_name="S" * 500)
    assert actor.first_name == "S" * access.MAX_FIRST_NAME


def test_somebody_revoked_is_a_stranger_and_stays_out(office: Office) -> None:
    office.leave(office.sanne)
    assert office.database.read(access.actor_by_channel, office.sanne.channel_id) is None
    assert office.database.read(access.actor_by_id, office.sanne.person_id) is None
    token = invite(office.database).token
    with pytest.raises(InvitationRefused):
        accept(office.database, token, channel_id=office.sanne.channel_id)
    # Trying used nothing up: whom it was meant for still gets in.
    assert accept(office.database, token, channel_id=88).first_name == "Sanne"


def test_a_stranger_is_nobody(database: Database) -> None:
    assert database.read(access.actor_by_channel, 404) is None
    assert database.read(access.actor_by_id, 404) is None


# Permissions


def test_the_table_above_knows_every_role_and_permission() -> None:
    assert set(MATRIX) == set(Role)
    assert set(COLUMNS) == set(Permission)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_exactly_what_the_table_says(role: Role) -> None:
    actor = acting(Held(role=role, team_id=1))
    assert tuple(actor.may(permission) for permission in COLUMNS) == MATRIX[role]


def test_without_a_role_nothing_is_allowed() -> None:
    assert not any(acting().may(permission) for permission in Permission)


OWN, OF_A_COLLEAGUE, NOBODYS = 7, 8, None


@pytest.mark.parametrize(
    ("role", "team_id", "owner_id", "passes"),
    [
        (Role.JEUGDBESCHERMER, 1, OWN, YES),
        (Role.JEUGDBESCHERMER, 1, OF_A_COLLEAGUE, NO),
        (Role.JEUGDBESCHERMER, 1, NOBODYS, NO),
        (Role.JEUGDBESCHERMER, 2, OWN, NO),
        (Role.TEAMLEIDER, 1, OWN, YES),
        (Role.TEAMLEIDER, 1, OF_A_COLLEAGUE, YES),
        (Role.TEAMLEIDER, 1, NOBODYS, YES),
        (Role.TEAMLEIDER, 2, OWN, NO),
        (Role.TEAMLEIDER, 2, OF_A_COLLEAGUE, NO),
        (Role.GEBIEDSMANAGER, 1, OF_A_COLLEAGUE, YES),
        (Role.GEBIEDSMANAGER, 2, OF_A_COLLEAGUE, NO),
        (Role.BEHEERDER, 1, OWN, NO),
        (Role.BEHEERDER, 1, OF_A_COLLEAGUE, NO),
        (Role.KENNISBEHEERDER, 1, NOBODYS, NO),
        (Role.AANDACHTSFUNCTIONARIS, 1, OWN, NO),
    ],
)
def test_a_permission_reaches_own_work_or_the_team(
    *, role: Role, team_id: int, owner_id: int | None, passes: bool
) -> None:
    actor = acting(Held(role=role, team_id=1))
    if passes:
        actor.require(Permission.HANDLE_TERMIJN, team_id=team_id, owner_id=owner_id)
    else:
        with pytest.raises(NotAllowed):
            actor.require(Permission.HANDLE_TERMIJN, team_id=team_id, owner_id=owner_id)


def test_what_a_role_does_not_give_is_refused_in_its_own_team_too() -> None:
    actor = acting(Held(role=Role.JEUGDBESCHERMER, team_id=1))
    with pytest.raises(NotAllowed):
        actor.require(Permission.ASSIGN, team_id=1, owner_id=actor.person_id)


def test_a_lead_in_one_team_is_no_lead_in_another() -> None:
    actor = acting(
        Held(role=Role.TEAMLEIDER, team_id=1), Held(role=Role.JEUGDBESCHERMER, team_id=2)
    )
    assert actor.teams(Permission.SEE_ZAKEN) == (1, 2)
    assert actor.whole_teams(Permission.SEE_ZAKEN) == (1,)
    actor.require(Permission.SEE_ZAKEN, team_id=2, owner_id=OWN)
    with pytest.raises(NotAllowed):
        actor.require(Permission.SEE_ZAKEN, team_id=2, owner_id=OF_A_COLLEAGUE)


def acting(*held: Held) -> Actor:
    return Actor(
        person_id=OWN, channel_id=1, first_name="Sanne", region=None, reachable=True, held=held
    )


# Channels


def test_a_lost_channel_is_left_out_until_it_is_back(office: Office) -> None:
    def there(session: Session) -> list[int]:
        return access.reachable(session, role=Role.JEUGDBESCHERMER, team_id=office.noord)

    sanne, omar = office.sanne.person_id, office.omar.person_id
    assert office.database.read(there) == [sanne, omar]
    for _ in range(2):
        office.database.write(access.channel_lost, sanne, now=NINE)
    assert office.database.read(there) == [omar]
    lost = office.database.read(access.actor_by_channel, office.sanne.channel_id)
    assert lost is not None
    assert not lost.reachable
    for _ in range(2):
        office.database.write(access.channel_back, sanne, now=NINE)
    assert office.database.read(there) == [sanne, omar]
    assert [action for _, action in office.actions(f"person:{sanne}")] == [
        "invitation_accepted",
        "channel_lost",
        "channel_back",
    ]


def test_a_channel_of_nobody_is_nothing(office: Office) -> None:
    before = office.counts()
    office.database.write(access.channel_lost, 404, now=NINE)
    office.database.write(access.channel_back, 404, now=NINE)
    assert office.counts() == before


def test_who_left_is_not_reachable(office: Office) -> None:
    office.leave(office.thea)
    found = office.database.read(access.reachable, role=Role.TEAMLEIDER, team_id=office.noord)
    assert found == []


# Teams


def test_a_team_name_is_kept_with_single_spaces(database: Database) -> None:
    team_id = database.write(access.add_team, now=NINE, name="  Noord   Oost ")
    assert database.read(access.team_names, team_ids=[team_id, 404]) == {team_id: "Noord Oost"}


def test_a_team_name_exists_once_and_the_refusal_leaves_the_transaction_usable(
    database: Database,
) -> None:
    def twice(session: Session) -> str:
        access.add_team(session, now=NINE, name="Noord")
        with pytest.raises(Conflict) as refused:
            access.add_team(session, now=NINE, name=" Noord ")
        access.add_team(session, now=NINE, name="Zuid")
        return refused.value.text_id

    assert database.write(twice) == "team-bestaat-al"
    assert sorted(database.read(access.team_names, team_ids=range(1, 10)).values()) == [
        "Noord",
        "Zuid",
    ]


@pytest.mark.parametrize("name", ["", "   ", "\n", "N" * 61])
def test_a_team_name_that_is_empty_or_too_long_is_refused(database: Database, name: str) -> None:
    with pytest.raises(Conflict) as refused:
        database.write(access.add_team, now=NINE, name=name)
    assert refused.value.text_id == "teamnaam-onmogelijk"


def test_a_team_name_of_sixty_characters_fits(database: Database) -> None:
    team = database.write(access.add_team, now=NINE, name="N" * 60)
    assert database.read(access.team_names, team_ids=[team]) == {team: "N" * 60}
