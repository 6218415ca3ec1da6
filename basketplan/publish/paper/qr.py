"""QR codes that open a telephone's map at a place: a ``geo:`` address, no server, no network."""

from __future__ import annotations

import io

__all__ = ["geo_address", "geo_qr"]


def geo_address(lat: float, lon: float) -> str:
    """Return ``geo:33.57490,-7.58980?q=33.57490,-7.58980``: the point, and as ``q`` again so that a pin is set.

    Five decimals are about one metre. The form is RFC 5870's, with the query that Android's maps read.
    """
    point = f"{lat:.5f},{lon:.5f}"
    return f"geo:{point}?q={point}"


def geo_qr(lat: float, lon: float) -> str:
    """Return the code as SVG with its quiet zone.

    Version and mask are fixed: the same size for every place, and five times faster than looking for the best mask.
    """
    import segno

    code = segno.make_qr(geo_address(lat, lon), version=4, error="m", mask=3, boost_error=False)
    out = io.BytesIO()
    code.save(out, kind="svg", xmldecl=False, nl=False, border=2, svgclass=None, lineclass=None, omitsize=True)
    return out.getvalue().decode()
