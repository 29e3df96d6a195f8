"""One kit for every chart: a value that can be drawn as SVG and told as rows, CSV and JSON.

No script, style sheet or plotting library is needed: pages, reports and PDF take the same SVG.
"""
