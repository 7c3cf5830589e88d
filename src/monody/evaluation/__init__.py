"""How well a network predicts melodies, and how real its own melodies are."""
