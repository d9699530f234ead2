"""Files in the documented formats with made-up numbers, for the tests of the user's own data."""

import json
import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)


def hours(start, stop, step=HOUR):
    """Times from start until before stop."""
    out = []
    while start < stop:
        out.append(start)
        start += step
    return out


def year(number, step=HOUR):
    return hours(datetime(number, 1, 1), datetime(number + 1, 1, 1), step)


def wall(utc, zone):
    return utc.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def of_the_hour(time):
    """A number that tells the hour of the day and the month: 10 to 33.9."""
    return 10.0 + time.hour + time.month / 100.0


def lines(*rows):
    return "\n".join(rows) + "\n"


def entsoe_old(number, zone="Europe/Brussels", name="CET/CEST", step=HOUR, hole=True, value=of_the_hour):
    """The first layout: points between days, one area, an empty row for the hour that spring leaves out."""
    rows = [f'"MTU ({name})","Day-ahead Price [EUR/MWh]","Currency","BZN|FR"']
    first = datetime(number, 1, 1) - (HOUR if zone != "UTC" else timedelta(0))
    last = None
    for utc in hours(first, datetime(number + 1, 1, 1) - (HOUR if zone != "UTC" else timedelta(0)), step):
        a = wall(utc, zone)
        if hole and last is not None and a - last == step + HOUR:
            for t in hours(last + step, a, step):
                rows.append(f'"{t:%d.%m.%Y %H:%M} - {t + step:%d.%m.%Y %H:%M}","","EUR",""')
        rows.append(f'"{a:%d.%m.%Y %H:%M} - {a + step:%d.%m.%Y %H:%M}","{value(utc):.2f}","EUR",""')
        last = a
    return lines(*rows)


def entsoe_new(
    number, areas=("BZN|FR",), sequences=("Without Sequence",), step=timedelta(minutes=15), zone="UTC", money="EUR"
):
    """The second layout: slashes and seconds, area and sequence as columns, the clock named on days of its changes.

    A zone with one auction has "Without Sequence" in every row, one with several "Sequence 1" and up.
    """
    name, at = ("UTC", ZoneInfo("UTC")) if zone == "UTC" else ("CET/CEST", ZoneInfo(zone))
    rows = [
        f'"MTU ({name})","Area","Sequence","Day-ahead Price ({money}/MWh)","Intraday Period ({name})",'
        f'"Intraday Price ({money}/MWh)"'
    ]
    shift = timedelta(0) if zone == "UTC" else HOUR
    for t in (u - shift for u in year(number, step)):
        ends = [x.replace(tzinfo=UTC).astimezone(at) for x in (t, t + step)]
        change = ends[0].replace(hour=0).utcoffset() != ends[0].replace(hour=23).utcoffset()
        span = " - ".join(f"{x:%d/%m/%Y %H:%M:%S}{f' ({x:%Z})' if change else ''}" for x in ends)
        for k, area in enumerate(areas):
            for j, sequence in enumerate(sequences):
                rows.append(f'"{span}","{area}","{sequence}","{of_the_hour(t) + 100 * k + 1000 * j:.2f}","",""')
    return lines(*rows)


def entsoe_load(number):
    rows = ['"Time (UTC)","Day-ahead Total Load Forecast [MW] - BZN|EE","Actual Total Load [MW] - BZN|EE"']
    for t in year(number):
        rows.append(f'"{t:%d.%m.%Y %H:%M} - {t + HOUR:%d.%m.%Y %H:%M}","1","{900 + t.hour}"')
    return lines(*rows)


def entsoe_load_new(number):
    """The second layout of loads, in market time: the clock is named on the days of its changes."""
    rows = ['"MTU (CET/CEST)","Area","Actual Total Load (MW)","Day-ahead Total Load Forecast (MW)"']
    zone = ZoneInfo("Europe/Brussels")
    for utc in hours(datetime(number, 1, 1) - HOUR, datetime(number + 1, 1, 1) - HOUR):
        ends = [t.replace(tzinfo=UTC).astimezone(zone) for t in (utc, utc + HOUR)]
        change = ends[0].replace(hour=0).utcoffset() != ends[0].replace(hour=23).utcoffset()
        a, b = (f"{t:%d/%m/%Y %H:%M}{f' ({t:%Z})' if change else ''}" for t in ends)
        rows.append(f'"{a} - {b}","BZN|FR","{1000 * of_the_hour(utc):.0f}","1"')
    return lines(*rows)


def entsoe_xml(periods, kind="price", curve="A03", currency="EUR", extra=""):
    """A market document: (start, end, resolution, {position: number}, sequence) per series."""
    series = []
    tag = "price.amount" if kind == "price" else "quantity"
    unit = (
        f"<currency_Unit.name>{currency}</currency_Unit.name><price_Measure_Unit.name>MWH</price_Measure_Unit.name>"
        if kind == "price"
        else "<quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name>"
    )
    for start, end, resolution, points, sequence in periods:
        number = "classificationSequence_AttributeInstanceComponent.position"
        place = f"<{number}>{sequence}</{number}>" if sequence else ""
        inside = "".join(f"<Point><position>{p}</position><{tag}>{v}</{tag}></Point>" for p, v in points.items())
        series.append(
            f"<TimeSeries>{place}{unit}<curveType>{curve}</curveType><Period><timeInterval><start>{start}</start>"
            f"<end>{end}</end></timeInterval><resolution>{resolution}</resolution>{inside}</Period></TimeSeries>"
        )
    name = "Publication_MarketDocument" if kind == "price" else "GL_MarketDocument"
    return f'<?xml version="1.0" encoding="UTF-8"?><{name} xmlns="urn:made:up">{extra}{"".join(series)}</{name}>'


def acknowledgement(words):
    name = "Acknowledgement_MarketDocument"
    return f"<{name}><Reason><code>999</code><text>{words}</text></Reason></{name}>"


def eia_api(number, who="ERCO", total=None):
    """Demand of the API: hours end at the period, in UTC."""
    data = [
        {
            "period": f"{t + HOUR:%Y-%m-%dT%H}",
            "respondent": who,
            "type": "D",
            "value": str(round(1000 * of_the_hour(t))),
            "value-units": "megawatthours",
        }
        for t in year(number)
    ]
    return {"response": {"total": str(total or len(data)), "frequency": "hourly", "data": data}}


FUELS = (
    "Coal",
    "Natural Gas",
    "Nuclear",
    "All Petroleum Products",
    "Hydropower Excluding Pumped Storage",
    "Pumped Storage",
    "Solar without Integrated Battery Storage",
    "Wind without Integrated Battery Storage",
    "Battery Storage",
)


def eia_balance(number, who=("ERCO",), thousands=""):
    """The six-month file, here for a whole year: all its columns of demand, blank where nothing was imputed.

    Whole numbers without a mark of thousands since 2021; older files have commas.
    """
    kinds = ("Demand", "Net Generation", "Total Interchange")
    header = [
        *("Balancing Authority", "Data Date", "Hour Number", "Local Time at End of Hour", "UTC Time at End of Hour"),
        *("Demand Forecast (MW)", *(f"{k} (MW)" for k in kinds), "Sum(Valid DIBAs) (MW)"),
        *(f"{k} (MW) ({how})" for how in ("Imputed", "Adjusted") for k in kinds),
        *(f"Net Generation (MW) from {fuel}" for fuel in FUELS),
        "Region",
    ]
    rows = [",".join(f'"{h}"' for h in header)]
    for t in year(number):
        end, local = (x.replace(tzinfo=UTC) + HOUR for x in (t, t - 6 * HOUR))
        for k, name in enumerate(who):
            mw = f"{round(1000 * of_the_hour(t)) + 100 * k:{thousands}}"
            stamps = [f"{x:%m/%d/%Y} {x.hour % 12 or 12}:00:00 {x:%p}" for x in (local, end)]
            cells = [name, f"{t - 6 * HOUR:%m/%d/%Y}", (t - 6 * HOUR).hour + 1, *stamps, 5, 7, 8, 1, 1]
            cells += ["", "", "", mw, 8, 1, *[1] * len(FUELS), "TEX"]
            rows.append(",".join(f'"{c}"' for c in cells))
    return lines(*rows)


def eia_monitor(number):
    """An export of the hourly grid monitor: local time with daylight saving."""
    rows = ['"BA Code","Timestamp (Hour Ending)","Demand (MWh)"']
    for utc in year(number):
        end = (utc + HOUR).replace(tzinfo=UTC).astimezone(ZoneInfo("America/Chicago"))
        hour, half = end.hour % 12 or 12, "a.m." if end.hour < 12 else "p.m."
        rows.append(
            f'"ERCO","{end.month}/{end.day}/{end.year} {hour} {half} {end:%Z}",{round(1000 * of_the_hour(utc))}'
        )
    return lines(*rows)


def eia_wholesale(number, step=timedelta(minutes=15)):
    """Prices of the wholesale market files: three lines of head, times that end the interval."""
    rows = [
        "ERCOT made up",
        "Prices in dollars",
        "Preliminary",
        "UTC Timestamp (Interval Ending),Local Timestamp Central Time (Interval Beginning),Local Date,Hour Number,"
        "North LMP,West LMP,Hub average LMP",
    ]
    for t in year(number, step):
        end = t + step
        v = of_the_hour(t)
        rows.append(f"{end:%m/%d/%Y %H:%M:%S},x,x,1,{v + 1:.2f},{v + 2:.2f},{v:.2f}")
    return lines(*rows)


def nasa_json(number, standard="UTC", solar="Wh/m^2", place=(8.0, 45.0, 250.0)):
    keys = [f"{t:%Y%m%d%H}" for t in year(number)]
    times = year(number)
    series = {
        "T2M": {k: of_the_hour(t) - 10 for k, t in zip(keys, times, strict=True)},
        "RH2M": dict.fromkeys(keys, 63.0),
        "PS": dict.fromkeys(keys, 98.5),
        "ALLSKY_SFC_SW_DWN": {k: 100.0 * (6 <= t.hour < 18) for k, t in zip(keys, times, strict=True)},
        "WS10M": dict.fromkeys(keys, 4.0),
        "WS50M": dict.fromkeys(keys, 6.0),
    }
    units = {"T2M": "C", "RH2M": "%", "PS": "kPa", "ALLSKY_SFC_SW_DWN": solar, "WS10M": "m/s", "WS50M": "m/s"}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": list(place)},
        "properties": {"parameter": series},
        "header": {"fill_value": -999.0, "time_standard": standard},
        "parameters": {name: {"units": unit} for name, unit in units.items()},
    }


def nasa_csv(number):
    head = [
        "-BEGIN HEADER-",
        "NASA/POWER Source Native Resolution Hourly Data ",
        f"Dates (month/day/year): 01/01/{number} through 12/31/{number} in UTC",
        "Location: latitude  45.0   longitude 8.0 ",
        "elevation from MERRA-2: Average for 0.5 x 0.625 degree lat/lon region = 250.0 meters",
        "The value for missing source data that cannot be computed or is outside of the range: -999 ",
        "parameter(s): ",
        "T2M                   MERRA-2 Temperature at 2 Meters (C) ",
        "ALLSKY_SFC_SW_DWN     CERES SYN1deg All Sky Surface Shortwave Downward Irradiance (Wh/m^2) ",
        "PS                    MERRA-2 Surface Pressure (kPa) ",
        "-END HEADER-",
        "YEAR,MO,DY,HR,T2M,ALLSKY_SFC_SW_DWN,PS",
    ]
    rows = [
        f"{t.year},{t.month},{t.day},{t.hour},{of_the_hour(t) - 10},{100.0 * (6 <= t.hour < 18)},98.5"
        for t in year(number)
    ]
    return lines(*head, *rows)


METEO = {
    "temperature_2m": "°C",
    "relative_humidity_2m": "%",
    "surface_pressure": "hPa",
    "shortwave_radiation": "W/m²",
    "wind_speed_10m": "m/s",
    "wind_speed_100m": "m/s",
}


def meteo_rows(number, offset_h=0):
    """Irradiance is the mean of the hour before; the sun is up from 6 to 18 local."""
    for t in year(number):
        before = t - HOUR
        yield t, (of_the_hour(t) - 10, 63, 985.0, 100.0 * (6 <= before.hour < 18), 4.0, 8.0)


def meteo_json(number, offset_s=0, units=METEO):
    found = list(meteo_rows(number))
    hourly = {"time": [f"{t:%Y-%m-%dT%H:%M}" for t, _ in found]}
    hourly |= {name: [row[i] for _, row in found] for i, name in enumerate(METEO)}
    place = {"latitude": 45.0, "longitude": 8.0, "elevation": 250.0, "utc_offset_seconds": offset_s, "timezone": "GMT"}
    return place | {"hourly_units": {"time": "iso8601"} | units, "hourly": hourly}


def meteo_csv(number):
    head = [
        "latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation",
        "45.0,8.0,250.0,0,GMT,GMT",
        "",
        "time," + ",".join(f"{name} ({unit})" for name, unit in METEO.items()),
    ]
    return lines(*head, *(f"{t:%Y-%m-%dT%H:%M}," + ",".join(map(str, row)) for t, row in meteo_rows(number)))


def sine(t):
    return 20.0 + 10.0 * math.sin(2 * math.pi * t.hour / 24)


def text(content):
    return content if isinstance(content, str) else json.dumps(content)
