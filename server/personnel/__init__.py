"""Personnel: employees, and the leave procedure's book and service tasks."""

from server.personnel.demo import fill_demo
from server.personnel.employees import EmployeeRecord, NewEmployee, NotAnEmployee, add_employee, employee
from server.personnel.handlers import handlers
from server.personnel.leave_book import AlreadyDecided, NoSuchRequest, Overdrawn
from server.personnel.leave_facts import InvalidRequest
from server.personnel.reminding import remind

__all__ = [
    "AlreadyDecided",
    "EmployeeRecord",
    "InvalidRequest",
    "NewEmployee",
    "NoSuchRequest",
    "NotAnEmployee",
    "Overdrawn",
    "add_employee",
    "employee",
    "fill_demo",
    "handlers",
    "remind",
]
