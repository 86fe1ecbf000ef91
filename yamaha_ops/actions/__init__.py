"""What a person can ask for, whatever the face: the terminal and the browser call the same.

An action takes an inventory's router and returns records or jobs; it prints nothing and knows no
options. The package imports nothing by itself: each action loads what it needs.
"""
