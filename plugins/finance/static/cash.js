/* The counter: the sum of the shares and the change, while the cashier types. The server counts again. */
const form = document.querySelector("[data-cash]");
if (form) {
  const digits = (input) => Number(input.value.replace(/\D/g, "")) || 0;
  const dong = (amount) => `${amount.toLocaleString("vi-VN")} ₫`;
  const shares = [...form.querySelectorAll("[data-share]")];
  const tendered = form.querySelector("[data-tendered]");
  const total = form.querySelector("[data-total]");
  const change = form.querySelector("[data-change]");
  const count = () => {
    const sum = shares.reduce((all, input) => all + digits(input), 0);
    total.textContent = dong(sum);
    const back = tendered.value ? digits(tendered) - sum : 0;
    change.textContent = back < 0 ? change.dataset.missing.replace("{}", dong(-back)) : dong(back);
  };
  form.addEventListener("input", count);
  count();
}
const sheet = document.querySelector("[data-count]");
if (sheet) {
  const found = sheet.querySelector("[data-counted]");
  const count = () => {
    const sum = [...sheet.querySelectorAll("[data-note]")]
      .reduce((all, input) => all + Number(input.dataset.note) * (Number(input.value) || 0), 0);
    found.textContent = `${sum.toLocaleString("vi-VN")} ₫`;
  };
  sheet.addEventListener("input", count);
  count();
}
