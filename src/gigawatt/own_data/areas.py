"""Energy identification codes (EIC) of European bidding zones by the letters people use.

References
----------
.. [1] ENTSO-E, "EIC approved codes", type Y (areas); the last character checks the others.
"""

from __future__ import annotations

AREAS = {
    "AT": "10YAT-APG------L",
    "BE": "10YBE----------2",
    "BG": "10YCA-BULGARIA-R",
    "CH": "10YCH-SWISSGRIDZ",
    "CZ": "10YCZ-CEPS-----N",
    "DE-LU": "10Y1001A1001A82H",
    "DK1": "10YDK-1--------W",
    "DK2": "10YDK-2--------M",
    "EE": "10Y1001A1001A39I",
    "ES": "10YES-REE------0",
    "FI": "10YFI-1--------U",
    "FR": "10YFR-RTE------C",
    "GR": "10YGR-HTSO-----Y",
    "HR": "10YHR-HEP------M",
    "HU": "10YHU-MAVIR----U",
    "IE-SEM": "10Y1001A1001A59C",
    "IT-NORTH": "10Y1001A1001A73I",
    "LT": "10YLT-1001A0008Q",
    "LV": "10YLV-1001A00074",
    "NL": "10YNL----------L",
    "NO1": "10YNO-1--------2",
    "NO2": "10YNO-2--------T",
    "NO3": "10YNO-3--------J",
    "NO4": "10YNO-4--------9",
    "NO5": "10Y1001A1001A48H",
    "PL": "10YPL-AREA-----S",
    "PT": "10YPT-REN------W",
    "RO": "10YRO-TEL------P",
    "SE1": "10Y1001A1001A44P",
    "SE2": "10Y1001A1001A45N",
    "SE3": "10Y1001A1001A46L",
    "SE4": "10Y1001A1001A47J",
    "SI": "10YSI-ELES-----O",
    "SK": "10YSK-SEPS-----K",
    "UA-IPS": "10Y1001C--000182",
}
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"


def check_character(code: str) -> str:
    """The last character that an EIC must have.

    Parameters
    ----------
    code : str
        Its first 15 characters or all 16. [-]

    Returns
    -------
    str
    """
    weights = range(16, 1, -1)
    total = sum(ALPHABET.index(c) * w for c, w in zip(code[:15], weights, strict=True))
    return ALPHABET[36 - (total - 1) % 37]
