"""The files of a package, their columns in the order of the standard, and what a cell may hold. Pure.

Source: OneRoster 1.2 CSV binding, with the corrections of 1.2.1 (no resources among the columns of users). The version
in the manifest stays 1.2.
"""

from __future__ import annotations

from types import MappingProxyType

COMMON = ("sourcedId", "status", "dateLastModified")
"""Of every file; the latter two are empty in a bulk file."""
COLUMNS = MappingProxyType(
    {
        "academicSessions": ("title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"),
        "classes": (
            "title", "grades", "courseSourcedId", "classCode", "classType", "location", "schoolSourcedId",
            "termSourcedIds", "subjects", "subjectCodes", "periods",
        ),
        "courses": ("schoolYearSourcedId", "title", "courseCode", "grades", "orgSourcedId", "subjects", "subjectCodes"),
        "demographics": (
            "birthDate", "sex", "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican",
            "nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces",
            "hispanicOrLatinoEthnicity", "countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth",
            "publicSchoolResidenceStatus",
        ),
        "enrollments": (
            "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate",
        ),
        "orgs": ("name", "type", "identifier", "parentSourcedId"),
        "roles": (
            "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId", "userProfileSourcedId",
        ),
        "users": (
            "enabledUser", "username", "userIds", "givenName", "familyName", "middleName", "identifier", "email", "sms",
            "phone", "agentSourcedIds", "grades", "password", "userMasterIdentifier", "preferredGivenName",
            "preferredMiddleName", "preferredFamilyName", "primaryOrgSourcedId", "pronouns",
        ),
    }
)  # fmt: skip
"""By file, without the common columns: those that we write and read."""
FORMER = MappingProxyType({"users": ("resourceSourcedIds", "userMasterIdentifier")})
"""A column of the binding before its corrections, and behind which it stands: taken, and not read."""
OTHERS = (
    "categories", "classResources", "courseResources", "lineItemLearningObjectiveIds", "lineItems",
    "lineItemScoreScales", "resources", "resultLearningObjectiveIds", "results", "resultScoreScales", "scoreScales",
    "userProfiles", "userResources",
)  # fmt: skip
"""Files that the standard knows as well."""
FILES = tuple(sorted((*COLUMNS, *OTHERS), key=str.lower))
READ = ("orgs", "academicSessions", "courses", "classes", "users", "roles", "demographics", "enrollments")
"""In this order each reference leads to a file that was read before, or to the same one."""
MODES = ("bulk", "delta", "absent")
HEAD = {"manifest.version": "1.0", "oneroster.version": "1.2"}
SOURCE = ("source.systemName", "source.systemCode")

REQUIRED = MappingProxyType(
    {
        "academicSessions": ("title", "type", "startDate", "endDate", "schoolYear"),
        "classes": ("title", "classType", "schoolSourcedId"),
        "courses": ("title", "orgSourcedId"),
        "enrollments": ("classSourcedId", "userSourcedId", "role"),
        "orgs": ("name", "type"),
        "roles": ("userSourcedId", "roleType", "role", "orgSourcedId"),
        "users": ("enabledUser", "givenName", "familyName"),
    }
)
"""What a row cannot do without. Some of what the standard asks for is not missed here: systems in use leave it out."""
WORDS = MappingProxyType(
    {
        ("academicSessions", "type"): ("gradingPeriod", "semester", "schoolYear", "term"),
        ("classes", "classType"): ("homeroom", "scheduled"),
        ("demographics", "sex"): ("male", "female", "unspecified", "other"),
        ("enrollments", "role"): ("administrator", "proctor", "student", "teacher"),
        ("orgs", "type"): ("department", "district", "local", "national", "school", "state"),
        ("roles", "role"): (
            "aide", "counselor", "districtAdministrator", "guardian", "parent", "principal", "proctor", "relative",
            "siteAdministrator", "student", "systemAdministrator", "teacher",
        ),
    }
)  # fmt: skip
"""What a cell may hold, besides words of their own that begin with `ext:`."""
FIXED = MappingProxyType(
    {
        ("roles", "roleType"): ("primary", "secondary"),
        ("users", "enabledUser"): ("true", "false"),
        ("enrollments", "primary"): ("true", "false"),
    }
)
DAYS = frozenset({"startDate", "endDate", "beginDate", "birthDate"})
REFERENCES = MappingProxyType(
    {
        "orgs": {"parentSourcedId": "orgs"},
        "academicSessions": {"parentSourcedId": "academicSessions"},
        "courses": {"schoolYearSourcedId": "academicSessions", "orgSourcedId": "orgs"},
        "classes": {
            "courseSourcedId": "courses", "schoolSourcedId": "orgs", "termSourcedIds": "academicSessions",
        },
        "users": {"agentSourcedIds": "users", "primaryOrgSourcedId": "orgs"},
        "roles": {"userSourcedId": "users", "orgSourcedId": "orgs"},
        "demographics": {"sourcedId": "users"},
        "enrollments": {"classSourcedId": "classes", "schoolSourcedId": "orgs", "userSourcedId": "users"},
    }
)  # fmt: skip
"""By file and column, the file it leads to."""
