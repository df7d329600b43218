"""What documents declare to the house: who may see, serve and withdraw them, and two kinds that are everybody's."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.documents.kinds import DocumentField, DocumentKind
from mingjing.kernel.documents.names import AGREEMENT
from mingjing.kernel.registry import FactKind, Manifest, Permission

LETTER = DocumentKind(
    code="documents.letter",
    title=_("Letter"),
    template="mingjing.kernel.documents/data/letter.docx",
    series="letters",
    letters="物函",
    fields=(
        DocumentField(
            name="paragraphs",
            title=_("paragraphs of the letter"),
            sample=("现将有关情况函告如下。", "请于收到本函之日起5个工作日内书面回复。"),
        ),
    ),
)
RECEIPT = DocumentKind(
    code="documents.receipt",
    title=_("Proof of service, to be signed"),
    template="mingjing.kernel.documents/data/receipt.docx",
    series="receipts",
    fields=(
        DocumentField(name="served", title=_("title and number of the document that is served"), sample="示例告知书"),
        DocumentField(name="served_number", title=_("number of that document"), sample="荷物考〔2026〕12号"),
        DocumentField(
            name="served_code",
            title=_("code that verifies that document"),
            sample="0000 0000 0000 0000 0000 0000",
            optional=True,
        ),
        DocumentField(name="to_name", title=_("name of the addressee"), sample="示例物业服务有限公司"),
        DocumentField(name="to_code", title=_("credit code of the addressee"), sample="91430202MA4Q00001X"),
    ),
    numbered=False,
)

AGREED = DocumentKind(
    code=AGREEMENT,
    title=_("Confirmation of an address for electronic service"),
    template="mingjing.kernel.documents/data/service_agreement.docx",
    series="agreements",
    letters="送确",
    fields=(DocumentField(name="address", title=_("address for electronic service"), sample="mail@example.org"),),
)

MANIFEST = Manifest(
    code="documents",
    title=_("Documents"),
    summary=_("What the office issues: numbered, verifiable by anybody, with proof of service."),
    documents=(LETTER, RECEIPT, AGREED),
    permissions=(
        Permission(
            code="documents.document.view",
            title=_("See issued documents"),
            roles=("administrator", "director", "officer", "auditor"),
        ),
        Permission(code="documents.document.withdraw", title=_("Withdraw issued documents"), roles=("director",)),
        Permission(
            code="documents.document.export", title=_("Take away bundles of a case"), roles=("director", "officer")
        ),
        Permission(code="documents.service.record", title=_("Record proof of service"), roles=("director", "officer")),
        Permission(
            code="documents.template.manage",
            title=_("Change templates and letterheads"),
            roles=("director",),
        ),
    ),
    evidence_door="mingjing.kernel.documents.queries.near_evidence",
    evidence_home="mingjing.faces.desk.documents.home",  # the page is the desk's; a path imports nothing
    subjects={
        "documents.document": _("Document"),
        "documents.template": _("Template of documents"),
        "documents.letterhead": _("Letterhead"),
        "documents.service": _("Proof of service"),
    },
    fact_kinds=(
        FactKind(code="documents.document.issued", title=_("Document issued")),
        FactKind(code="documents.document.withdrawn", title=_("Document withdrawn")),
        FactKind(code="documents.document.taken", title=_("Documents and evidence taken away as a bundle")),
        FactKind(code="documents.service.recorded", title=_("Document served")),
        FactKind(code="documents.service.voided", title=_("Proof of service voided")),
        FactKind(code="documents.template.recorded", title=_("Template of documents recorded")),
        FactKind(code="documents.template.retired", title=_("Template of documents retired")),
        FactKind(code="documents.letterhead.recorded", title=_("Letterhead recorded")),
    ),
)
