"""People, their roles, how they sign in, and the trail of what staff did."""

from examengine.accounts.audit import record_act, staff_acts
from examengine.accounts.errors import (
    EmailMalformed,
    EmailTaken,
    LastAdministrator,
    NotAllowed,
    NotSignedIn,
    PasswordTooWeak,
    PersonUnknown,
    SignInRefused,
    TooManySignIns,
)
from examengine.accounts.passwords import PasswordHasher
from examengine.accounts.rules import Actor, Person, Role, StaffAct, require
from examengine.accounts.service import (
    SESSION_LIFETIME,
    actor_of,
    add_person,
    change_password,
    find_person,
    list_people,
    people_signed_in,
    set_active,
    set_roles,
    sign_in,
    sign_out,
    system_actor,
)

__all__ = [
    "SESSION_LIFETIME",
    "Actor",
    "EmailMalformed",
    "EmailTaken",
    "LastAdministrator",
    "NotAllowed",
    "NotSignedIn",
    "PasswordHasher",
    "PasswordTooWeak",
    "Person",
    "PersonUnknown",
    "Role",
    "SignInRefused",
    "StaffAct",
    "TooManySignIns",
    "actor_of",
    "add_person",
    "change_password",
    "find_person",
    "list_people",
    "people_signed_in",
    "record_act",
    "require",
    "set_active",
    "set_roles",
    "sign_in",
    "sign_out",
    "staff_acts",
    "system_actor",
]
