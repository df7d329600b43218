// When an order is due that is given now; as actions/orders.py works it out, whose word counts.

// A Date from `at`, by {days, calendar} of the scheme; without one, the end of that day.
export function dueAt(deadline, at) {
  const due = new Date(at);
  if (!deadline) return new Date(due.setHours(23, 59, 59, 0));
  if (deadline.calendar === "calendar") return new Date(due.setDate(due.getDate() + deadline.days));
  for (let left = deadline.days; left > 0; ) {
    due.setDate(due.getDate() + 1);
    left -= isWorkday(due) ? 1 : 0;
  }
  return due;
}

const isWorkday = (at) => at.getDay() !== 0 && at.getDay() !== 6;
