"""Certificates of a programme (结业证书): issued with a number, set as PDF, verified by anybody who holds one."""
