"""QTI, version 2.2: as `qti`, for programs that read no later one."""

from typing import ClassVar

from examengine.bank.formats._format import Files
from examengine.bank.formats._qti_1_documents import is_qti_1
from examengine.bank.formats._qti_reading import is_qti, of_version_2
from examengine.bank.formats.qti import FORMAT as QTI_3_FORMAT
from examengine.bank.formats.qti import QtiFormat
from examengine.bank.qti.xml_reading import read_xml
from examengine.bank.qti.xml_writing import QTI_2_2, write_xml


class OlderQtiFormat(QtiFormat):
    """Items of QTI 2.0 to 2.2 are read; what is written is 2.2."""

    name = "qti_2_2"
    title = "QTI 2.2"
    namespace: ClassVar[str] = QTI_2_2
    example: ClassVar[Files] = {
        name: write_xml(read_xml(data), QTI_2_2) for name, data in QTI_3_FORMAT.example.items()
    }

    def recognises(self, files: Files) -> bool:
        """Tell by the first elements: all items are of version 2."""
        return is_qti(files) and of_version_2(files) and not is_qti_1(files)


FORMAT = OlderQtiFormat()
