"""Data: the template of the Kamailio configuration, filled in by ``telephony.edge``."""
