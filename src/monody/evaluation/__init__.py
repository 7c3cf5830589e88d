"""How well a network predicts, and how real what it writes is."""
