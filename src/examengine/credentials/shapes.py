"""The data model of Open Badges 3.0, as far as a verifier has to hold a credential to it.

References:
    1EdTech, Open Badges Specification 3.0, appendix B (data models).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Shape:
    """What one kind of object must and may hold.

    Attributes:
        types: One of these terms stands in its `type`; empty when any type will do.
        required: Members without which it means nothing.
        texts: Members that are one string.
        words: Members that are one string or a list of strings.
        moments: Members that are a date and time with a time zone.
        objects: Members that are one object, and its shape.
        lists: Members that are one object or a list of objects, and their shape.
        closed: Whether any other member is refused.
    """

    types: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()
    objects: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    closed: bool = False


_CREDENTIAL_LISTS = {
    "credentialSchema": "CredentialSchema",
    "evidence": "Evidence",
    "termsOfUse": "TypedObject",
    "proof": "Proof",
}

SHAPES: Mapping[str, Shape] = {
    "Credential": Shape(
        types=("OpenBadgeCredential", "AchievementCredential"),
        required=("@context", "id", "type", "issuer", "validFrom", "credentialSubject"),
        texts=("id", "name", "description"),
        moments=("validFrom", "validUntil", "awardedDate"),
        objects={
            "image": "Image",
            "credentialSubject": "AchievementSubject",
            "credentialStatus": "CredentialStatus",
            "refreshService": "Reference",
        },
        lists=_CREDENTIAL_LISTS,
    ),
    "Endorsement": Shape(
        types=("EndorsementCredential",),
        required=("@context", "id", "type", "name", "issuer", "validFrom", "credentialSubject"),
        texts=("id", "name", "description"),
        moments=("validFrom", "validUntil", "awardedDate"),
        objects={
            "credentialSubject": "EndorsementSubject",
            "credentialStatus": "CredentialStatus",
            "refreshService": "Reference",
        },
        lists=_CREDENTIAL_LISTS,
    ),
    "Profile": Shape(
        types=("Profile",),
        required=("id", "type"),
        texts=("id", "name", "url", "phone", "description", "email", "official"),
        objects={"image": "Image", "parentOrg": "Profile", "address": "TypedObject"},
        lists={"otherIdentifier": "IdentifierEntry"},
    ),
    "AchievementSubject": Shape(
        types=("AchievementSubject",),
        required=("type", "achievement"),
        texts=("id", "licenseNumber", "narrative", "role", "term"),
        moments=("activityStartDate", "activityEndDate"),
        objects={"achievement": "Achievement", "image": "Image", "source": "Profile"},
        lists={"identifier": "IdentityObject", "result": "Result"},
    ),
    "EndorsementSubject": Shape(
        types=("EndorsementSubject",),
        required=("id", "type"),
        texts=("id", "endorsementComment"),
    ),
    "Achievement": Shape(
        types=("Achievement",),
        required=("id", "type", "name", "description", "criteria"),
        texts=(
            "id",
            "name",
            "description",
            "achievementType",
            "fieldOfStudy",
            "humanCode",
            "inLanguage",
            "specialization",
            "version",
        ),
        words=("tag",),
        objects={"criteria": "Criteria", "creator": "Profile", "image": "Image"},
        lists={
            "alignment": "Alignment",
            "resultDescription": "ResultDescription",
            "otherIdentifier": "IdentifierEntry",
            "related": "Reference",
        },
    ),
    "ResultDescription": Shape(
        types=("ResultDescription",),
        required=("id", "type", "name", "resultType"),
        texts=(
            "id",
            "name",
            "resultType",
            "valueMin",
            "valueMax",
            "requiredValue",
            "requiredLevel",
        ),
        words=("allowedValue",),
        lists={"alignment": "Alignment", "rubricCriterionLevel": "RubricCriterionLevel"},
    ),
    "RubricCriterionLevel": Shape(
        types=("RubricCriterionLevel",),
        required=("id", "type", "name"),
        texts=("id", "name", "description", "level", "points"),
        lists={"alignment": "Alignment"},
    ),
    "Result": Shape(
        types=("Result",),
        required=("type",),
        texts=("resultDescription", "value", "achievedLevel", "status"),
        lists={"alignment": "Alignment"},
    ),
    "Alignment": Shape(
        types=("Alignment",),
        required=("type", "targetName", "targetUrl"),
        texts=(
            "targetName",
            "targetUrl",
            "targetCode",
            "targetDescription",
            "targetFramework",
            "targetType",
        ),
    ),
    "Evidence": Shape(
        types=("Evidence",),
        required=("type",),
        texts=("id", "name", "description", "narrative", "genre", "audience"),
    ),
    "IdentityObject": Shape(
        types=("IdentityObject",),
        required=("type", "hashed", "identityHash", "identityType"),
        texts=("type", "identityHash", "identityType", "salt"),
        closed=True,
    ),
    "IdentifierEntry": Shape(
        types=("IdentifierEntry",),
        required=("type", "identifier", "identifierType"),
        texts=("type", "identifier", "identifierType"),
        closed=True,
    ),
    "Image": Shape(
        types=("Image",),
        required=("id", "type"),
        texts=("id", "type", "caption"),
        closed=True,
    ),
    "Criteria": Shape(texts=("id", "narrative")),
    "CredentialSchema": Shape(required=("id", "type"), texts=("id",)),
    "CredentialStatus": Shape(required=("type",), texts=("id", "statusPurpose")),
    "Reference": Shape(required=("id", "type"), texts=("id",)),
    "TypedObject": Shape(required=("type",)),
    "Proof": Shape(
        required=("type",),
        texts=("type", "cryptosuite", "verificationMethod", "proofPurpose", "proofValue"),
        moments=("created", "expires"),
    ),
}

ACHIEVEMENT_TYPES = frozenset(
    {
        "Achievement",
        "ApprenticeshipCertificate",
        "Assessment",
        "Assignment",
        "AssociateDegree",
        "Award",
        "Badge",
        "BachelorDegree",
        "Certificate",
        "CertificateOfCompletion",
        "Certification",
        "CommunityService",
        "Competency",
        "Course",
        "CoCurricular",
        "Degree",
        "Diploma",
        "DoctoralDegree",
        "Fieldwork",
        "GeneralEducationDevelopment",
        "JourneymanCertificate",
        "LearningProgram",
        "License",
        "Membership",
        "ProfessionalDoctorate",
        "QualityAssuranceCredential",
        "MasterCertificate",
        "MasterDegree",
        "MicroCredential",
        "ResearchDoctorate",
        "SecondarySchoolDiploma",
    }
)
RESULT_TYPES = frozenset(
    {
        "GradePointAverage",
        "LetterGrade",
        "Percent",
        "PerformanceLevel",
        "PredictedScore",
        "RawScore",
        "Result",
        "RubricCriterion",
        "RubricCriterionLevel",
        "RubricScore",
        "ScaledScore",
        "Status",
    }
)
RESULT_STATUSES = frozenset(
    {
        "Completed",
        "Enrolled",
        "Failed",
        "InProgress",
        "OnHold",
        "Provisional",
        "Withdrew",
    }
)
IDENTIFIER_TYPES = frozenset(
    {
        "name",
        "sourcedId",
        "systemId",
        "productId",
        "userName",
        "accountId",
        "emailAddress",
        "nationalIdentityNumber",
        "isbn",
        "issn",
        "lisSourcedId",
        "oneRosterSourcedId",
        "sisSourcedId",
        "ltiContextId",
        "ltiDeploymentId",
        "ltiToolId",
        "ltiPlatformId",
        "ltiUserId",
        "identifier",
    }
)
