#!/usr/bin/env python3
"""picture.py <report.html >picture.svg: the picture of a host as a file of its own, for README.md.
Colours are those of the light page; links are removed."""
import re
import sys

page = sys.stdin.read()
picture = re.search(r'<svg class="host".*?</svg>', page, re.DOTALL).group()
style = re.search(r"<style>(.*?)</style>", page, re.DOTALL).group(1)
colours = dict(re.findall(r"(--[a-z]+): (#[0-9a-f]+);", style.split("@media")[0]))
rules = [rule for rule in re.findall(r"[^{}]+\{[^{}]*\}", re.sub(r"/\*.*?\*/", "", style))
         if re.match(r"\s*\.(host|critical|high|medium|low|info|victim)\b", rule) and ":hover" not in rule]
css = re.sub(r"var\((--[a-z]+)\)", lambda name: colours.get(name[1], name[0]), "".join(rules))
picture = re.sub(r"\n\s*</?a\b[^>]*>", "", picture)
picture = re.sub(r"\n\s+", "\n", picture)
head, rest = picture.split(">", 1)
print(f'{head} xmlns="http://www.w3.org/2000/svg">')
print(f'<style>{css}\n</style>\n<rect width="100%" height="100%" fill="{colours["--ground"]}"/>{rest}')
