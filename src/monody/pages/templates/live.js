{# The player as one script: inside a page from disk, a module beside the studio's. #}
{% include "words.js" %}
{% include "pictures.js" %}
{% include "marks.js" %}
{% include "follow.js" %}
{% include "player.js" %}
