"""`/control/`: what tests, demos and curious people may look at and turn. No provider has these addresses."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Flask, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from .courier import Courier
from .faults import Faults

LONGEST_WAIT = 30.0
_WORDS = {
    "drop": "Số lần báo bị mất trên đường",
    "duplicate": "Lần báo tiếp theo lặp thêm mấy lần",
    "delay": "Báo chậm (giây)",
    "reorder": "Gom mấy thông báo rồi gửi ngược thứ tự",
    "tamper": "Số lần báo bị sửa sau khi ký",
    "timeout_after_commit": "Số yêu cầu đã thực hiện nhưng không trả lời",
    "late_success": "Báo lỗi trước, thành công sau (giây)",
    "ahead": "Đồng hồ của cổng chạy nhanh hơn (giây)",
    "refuse": "Số yêu cầu bị từ chối",
    "code_delay": "Mã của cơ quan thuế đến sau (giây; âm: chờ lệnh)",
    "stale": "Số lần báo mang chữ ký đã cũ mười phút",
    "amount_off": "Báo sai số tiền (cộng thêm, đồng)",
    "refund_result": "Kết quả hoàn tiền (done, failed, pending)",
    "partial": "Số lần chỉ ký một phần của lô",
    "wrong_signature": "Số chữ ký sai",
    "other_key": "Số lần ký bằng khóa của người khác",
    "wrong_code": "Số lần từ chối mã đúng",
    "lives_seconds": "Thời gian chờ xác nhận trong ứng dụng (giây)",
    "sad_seconds": "Thời hạn của một lần xác nhận (giây)",
    "refund_delay": "Thời gian xử lý hoàn tiền (giây)",
}


def add_control(app: Flask, name: str, title: str, faults: Faults, courier: Courier, reset: Callable[[], None]) -> None:
    """Mount the control page and its addresses on a simulator, and the frame that its own pages extend.

    Args:
        name: what `/control/health` says.
        title: of the pages, in words.
        reset: empties the simulator's own books; notices and faults are reset here.
    """
    control = Blueprint("simulator", __name__, template_folder="templates", static_folder="static",
                        static_url_path="/simulator")  # fmt: skip
    app.jinja_env.globals["simulator_title"] = title

    @control.get("/control/")
    def page() -> str:
        return render_template("simulator/control.html", knobs=faults.to_json(), words=_WORDS, calls=courier.log[-20:])

    @control.post("/control/")
    def turn() -> AnyResponse | tuple[str, int]:
        try:
            faults.update(request.form.to_dict())
        except ValueError as error:
            knobs = {**faults.to_json(), **request.form}
            html = render_template("simulator/control.html", knobs=knobs, words=_WORDS, calls=[], error=str(error))
            return html, 422
        return redirect("/control/", 303)

    @control.get("/control/health")
    def health() -> Response:
        return jsonify({"simulator": name})

    @control.get("/control/faults")
    def show_faults() -> Response:
        return jsonify(faults.to_json())

    @control.post("/control/faults")
    def set_faults() -> Response | tuple[Response, int]:
        try:
            faults.update(request.get_json())
        except ValueError as error:
            return jsonify({"error": str(error)}), 400
        return jsonify(faults.to_json())

    @control.post("/control/reset")
    def start_anew() -> Response:
        """Empty books and no faults, as at the start."""
        courier.reset()
        faults.reset()
        reset()
        return jsonify({})

    @control.get("/control/calls")
    def calls() -> Response:
        """Calls made so far; with `wait=<n>` only when there are n (at most 30 s)."""
        courier.wait_for(request.args.get("wait", 0, int), LONGEST_WAIT)
        return jsonify(courier.log)

    app.register_blueprint(control)
