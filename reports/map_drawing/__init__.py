"""Draws the shapes of the world map from public-domain lines: `python -m reports.map_drawing` writes them anew.

The site never runs this. It reads what was drawn, `reports/data/world_map.json`, through `reports.map_shapes`.
"""
