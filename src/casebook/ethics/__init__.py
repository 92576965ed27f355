"""The report to the ethics officer: what protects the people in the data, and how far it reaches. Never published."""
