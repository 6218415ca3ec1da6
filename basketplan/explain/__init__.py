"""Why a plan is as it is, and what would change it.

``binding``
    what binds a cooperative, product, hub, basket or household, from the plan and its programme alone;
``prices``
    shadow prices of limits, with the range in which they hold;
``engagement``
    the price or change at which a cooperative that sells nothing would be engaged;
``remedies``
    the smallest sets of changes that serve everybody, each planned again and checked;
``stress``
    what is lost when a cooperative or a hub's day fails;
``words``
    all of it in sentences, in French, Arabic and English.
"""
