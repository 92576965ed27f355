"""The book: its staged sources, the web edition and the PDF."""
