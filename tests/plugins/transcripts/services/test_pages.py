"""The pages: what the office sees, how a teacher signs, and what strangers get."""

from __future__ import annotations

import io
import re
from typing import Any, cast

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.sdk import signing as ports
from core.sdk.testing.fixtures import SignIn
from plugins.transcripts.models import YearRecord
from plugins.transcripts.services import reading, steps

from .conftest import Desk
from .provider import CODE
from .test_signing import _all, _freeze


def _post(client: FlaskClient, url: str, **form: object) -> Any:
    return client.post(url, data={"csrf_token": cast("Any", client).csrf, **form})


def test_a_class_from_missing_things_to_signatures(desk: Desk, sign_in: SignIn) -> None:
    office = sign_in(desk.school, "head", name="Cô Hiền", person_id=desk.head)
    ports.bind({"memory": desk.provider})
    overview = office.get("/transcripts/").text
    assert "7A1" in overview and "Lập tất cả học bạ đủ điều kiện" in overview
    missing = office.get("/transcripts/missing")
    assert missing.status_code == 200 and "Chưa công bố điểm" in missing.text
    url = f"/transcripts/classes/{desk.stage.klass}"
    assert "Lập 4 học bạ" in office.get(url).text
    assert _post(office, f"{url}/freeze").status_code == 303
    made = office.get(url).text
    assert made.count("Giáo viên bộ môn đang ký") == 4 and "Lập 4 học bạ" not in made
    found = re.search(r"/transcripts/records/([0-9a-f-]{36})", made)
    assert found is not None
    record = office.get(f"/transcripts/records/{found[1]}")
    assert "Học kỳ I" in record.text and "Mở lại" in record.text and "Thu hồi học bạ" not in record.text
    assert office.get(f"/transcripts/records/{found[1]}/file.xml").data.startswith(b"<HOC_BA>")
    assert office.get("/transcripts/signers").status_code == 200

    binh = sign_in(desk.school, "teacher", person_id=desk.stage.binh, name="Cô Bình")
    ports.bind({"memory": desk.provider})
    queue = binh.get("/transcripts/signing").text
    (group,) = set(re.findall(r'href="(/transcripts/signing/GVBM/[^"]+)"', queue))
    page = binh.get(group).text
    assert "Ngữ văn" in page and "8,0" in page and "Ký 4 học bạ" in page
    order = _post(binh, group).headers["Location"]
    shown = binh.get(order).text
    assert shown.count("<code>") == 4 and 'type="password"' in shown
    assert _post(binh, order, code="0000").headers["Location"] == order
    assert _post(binh, order, code=CODE).headers["Location"].endswith("/transcripts/signing")
    assert "Ký 4 học bạ" not in binh.get(group).text
    assert binh.get("/transcripts/").status_code == 403 and office.get(order).status_code == 404

    stranger = sign_in(desk.school, "teacher", person_id=desk.stage.stranger, name="Thầy lạ")
    assert stranger.get(group).status_code == 404
    parent = sign_in(desk.school, "parent", person_id=desk.stage.parent, name="Bố")
    assert parent.get(f"/transcripts/records/{found[1]}").status_code == 404, "families see nothing before the seal"

    reopened = _post(office, f"/transcripts/records/{found[1]}/reopen", reason="")
    assert reopened.status_code == 422 and "Vui lòng ghi rõ lý do" in reopened.text
    assert _post(office, f"/transcripts/records/{found[1]}/reopen", reason="Sửa điểm").status_code == 303
    assert "Đã mở lại" in office.get(f"/transcripts/records/{found[1]}").text


def test_signers_and_leaders(desk: Desk, sign_in: SignIn) -> None:
    office = sign_in(desk.school, "office", name="Văn phòng")
    ports.bind({"memory": desk.provider})
    page = office.get("/transcripts/signers").text
    assert "Lê Thị Bình" in page and "Hiệu trưởng" in page
    form = {
        "person": str(desk.stage.an),
        "position": "deputy",
        "starts_on": "2026-09-01",
        "ends_on": "",
        "decision": "",
    }
    wrong = _post(office, "/transcripts/signers/leaders", **form)
    assert wrong.status_code == 422 and "số quyết định" in wrong.text
    form |= {"ends_on": "2027-08-01", "decision": "3/QĐ"}
    assert _post(office, "/transcripts/signers/leaders", **form).status_code == 303
    assert "3/QĐ" in office.get("/transcripts/signers").text
    found = office.get("/transcripts/signers/find").text
    account = re.search(r'<option value="([0-9a-f-]{36})">Thử</option>', found)
    assert account is not None
    ask = {"person": str(desk.stage.an), "account": account[1], "user": "Nguyễn Văn An"}
    shown = _post(office, "/transcripts/signers/find", **ask).text
    assert "001188000001" in shown and "Đăng ký chứng thư số này" in shown
    assert _post(office, "/transcripts/signers/find", **ask, credential="Nguyễn Văn An").status_code == 303
    other = {**ask, "user": "Lê Thị Bình", "credential": "Lê Thị Bình"}
    _post(office, "/transcripts/signers/find", **other)
    assert "không phải cho" in office.get("/transcripts/signers").text, "the certificate of somebody else is refused"


def test_what_everybody_may_know(desk: Desk, app: Flask) -> None:
    ports.bind({"memory": desk.provider})
    _freeze(desk)
    with desk.at(desk.office) as ctx:
        early = ctx.session.scalars(select(YearRecord.token)).first()
    _all(desk)
    with desk.at(desk.office) as ctx:
        row = ctx.session.scalars(select(YearRecord).order_by(YearRecord.id)).first()
        assert row is not None and early is not None
        content = reading.file_of(ctx, row.id)
        address, record_id = f"/transcripts/t/{row.token}", row.id
    stranger = app.test_client()
    page = stranger.get(address)
    assert page.status_code == 200 and "Học bạ có giá trị" in page.text and "no-store" in page.headers["Cache-Control"]
    assert "Trần Bảo Anh" not in page.text and "8,0" not in page.text, "no name and no mark"
    good = stranger.post(address, data={"file": (io.BytesIO(content), "hoc-ba.xml")})
    assert "Tệp đúng là bản gốc" in good.text
    changed = content.replace(b"8.0", b"9.0", 1)
    assert "Đây là tệp khác" in stranger.post(address, data={"file": (io.BytesIO(changed), "hoc-ba.xml")}).text
    assert stranger.get(f"/transcripts/t/{'A' * 22}").status_code == 404
    with desk.at(desk.office) as ctx:
        steps.revoke(ctx, record_id, "Cấp sai", "9/QĐ")
    assert "Học bạ không còn giá trị" in stranger.get(address).text
