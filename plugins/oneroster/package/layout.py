"""The files of a package and their columns, in the order of the standard (OneRoster 1.2 CSV binding). Pure."""

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
            "phone", "agentSourcedIds", "grades", "password", "userMasterIdentifier", "resourceSourcedIds",
            "preferredGivenName", "preferredMiddleName", "preferredFamilyName", "primaryOrgSourcedId", "pronouns",
        ),
    }
)  # fmt: skip
"""By file, without the common columns: those that we write and read."""
OTHERS = (
    "categories", "classResources", "courseResources", "lineItemLearningObjectiveIds", "lineItems",
    "lineItemScoreScales", "resources", "resultLearningObjectiveIds", "results", "resultScoreScales", "scoreScales",
    "userProfiles", "userResources",
)  # fmt: skip
"""Files that the standard knows as well."""
FILES = tuple(sorted((*COLUMNS, *OTHERS), key=str.lower))
MODES = ("bulk", "delta", "absent")
HEAD = {"manifest.version": "1.0", "oneroster.version": "1.2"}
